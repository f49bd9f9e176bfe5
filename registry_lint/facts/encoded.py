"""What one file gave, as bytes: for the cache, for other processes, and for facts that nobody asks for at the moment.

To decode facts takes a twentieth of the time that reading them anew takes, and less where a few tables are asked for:
each is encoded by itself. A file that gave no facts is encoded as well: to tell why (libcst is asked, too) can take as
long as a hundred others.
"""

from __future__ import annotations

from functools import cache
from types import GenericAlias
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from registry_lint.errors import DamagedError
from registry_lint.facts.piecemeal import Piecemeal, in_pieces
from registry_lint.facts.records import TABLES, FileFacts, Table, Unparsable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_encode = msgspec.msgpack.Encoder().encode
_parts = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...]).decode
RECORD = 250  # bytes of an expression that is decoded, and of all that goes with it: measured on 77,000 lines
_WRONG = (msgspec.MsgspecError, ValueError, TypeError)


def encode(found: FileFacts | Unparsable) -> bytes | None:
    """What a file gave, as bytes; None where it cannot be encoded (lone surrogates, huge numbers)."""
    try:
        if isinstance(found, Unparsable):
            return _encode(found)
        if isinstance(found.missing, _Encoded):
            return found.missing.body
        return _encode([msgspec.Raw(form.encode(getattr(found, name))) for name, form in _forms().items()])
    except (UnicodeEncodeError, OverflowError):
        return None


def decode(body: bytes) -> FileFacts | Unparsable | None:
    """What was encoded; None where that is not what we wrote. Of facts, a damaged table is noticed when it is asked for
    (see DamagedError)."""
    try:
        parts = _parts(body)
        if len(parts) != len(TABLES):
            return msgspec.msgpack.decode(body, type=Unparsable)
    except _WRONG:
        return None
    return FileFacts(_Encoded(body, parts))


def weight(found: FileFacts) -> int:
    """About how many bytes facts take, as far as they are decoded."""
    if not isinstance(found.missing, _Encoded):
        return RECORD * len(found.expressions)
    pieces = (table.decoded for table in found.missing.given if isinstance(table, Piecemeal))
    return len(found.missing.body) + RECORD * sum(pieces)


class _Encoded:
    """The tables of a file, each encoded."""

    __slots__ = ("_parts", "body", "given")

    def __init__(self, body: bytes, parts: Sequence[msgspec.Raw]) -> None:
        self.body = body
        self._parts = parts
        self.given: list[object] = []

    def __call__(self, name: str) -> object:
        form = _forms()[name]
        try:
            table = form.decode(self._parts[form.number])
        except _WRONG as error:
            raise DamagedError(name) from error
        self.given.append(table)
        return table


class _Form(NamedTuple):
    """How a table is written."""

    number: int
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes | msgspec.Raw], Any]


@cache
def _forms() -> Mapping[str, _Form]:
    """By the names of tables. To learn what records look like takes milliseconds."""
    hints = get_type_hints(FileFacts)
    return {name: _form_of(number, hints[name]) for number, name in enumerate(TABLES)}


def _form_of(number: int, hint: Any) -> _Form:
    if get_origin(hint) is Table:
        decode_piece = msgspec.msgpack.Decoder(GenericAlias(tuple, (*get_args(hint), ...))).decode
        return _Form(number, in_pieces, lambda body: Piecemeal(body, decode_piece))
    return _Form(number, _encode, msgspec.msgpack.Decoder(hint).decode)

"""What one file gave, as bytes: for the cache, for other processes, and for facts that nobody asks for at the moment.

To decode facts takes a twentieth of the time that reading them anew takes, and less where a few tables are asked for:
each is encoded by itself. A file that gave no facts is encoded as well: to tell why (libcst is asked, too) can take as
long as a hundred others.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from registry_lint.errors import DamagedError
from registry_lint.facts.records import TABLES, FileFacts, Unparsable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_encode = msgspec.msgpack.Encoder().encode
_parts = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...]).decode
_WRONG = (msgspec.MsgspecError, UnicodeDecodeError)


def encode(found: FileFacts | Unparsable) -> bytes | None:
    """What a file gave, as bytes; None where it cannot be encoded (lone surrogates, huge numbers)."""
    try:
        if isinstance(found, Unparsable):
            return _encode(found)
        if isinstance(found.missing, _Encoded):
            return found.missing.body
        return _encode([msgspec.Raw(_encode(getattr(found, name))) for name in TABLES])
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


class _Encoded:
    """The tables of a file, each encoded."""

    __slots__ = ("_parts", "body")

    def __init__(self, body: bytes, parts: Sequence[msgspec.Raw]) -> None:
        self.body = body
        self._parts = parts

    def __call__(self, name: str) -> object:
        number, decode_table = _decoders()[name]
        try:
            return decode_table(self._parts[number])
        except _WRONG as error:
            raise DamagedError(name) from error


@cache
def _decoders() -> Mapping[str, tuple[int, Callable[[bytes | msgspec.Raw], Any]]]:
    """For each table, its number and how it is decoded. To learn what records look like takes milliseconds."""
    hints = get_type_hints(FileFacts)
    return {name: (number, msgspec.msgpack.Decoder(hints[name]).decode) for number, name in enumerate(TABLES)}

"""What one file gave, as bytes: for the cache, for other processes, and for facts that nobody asks for at the moment.

To decode facts takes a twentieth of the time that reading them anew takes. A file that gave none is encoded as well:
to tell why (libcst is asked, too) can take as long as a hundred others.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from registry_lint.facts.records import FileFacts, Unparsable

if TYPE_CHECKING:
    from collections.abc import Callable

_encode = msgspec.msgpack.Encoder().encode


@cache
def _decoders() -> tuple[Callable[[bytes], FileFacts], Callable[[bytes], Unparsable]]:
    """Made when something is first decoded: what facts look like takes milliseconds to learn."""
    return msgspec.msgpack.Decoder(FileFacts).decode, msgspec.msgpack.Decoder(Unparsable).decode


def encode(found: FileFacts | Unparsable) -> bytes | None:
    """What a file gave, as bytes; None where it cannot be encoded (lone surrogates, huge numbers)."""
    try:
        return _encode(found)
    except (UnicodeEncodeError, OverflowError):
        return None


def decode(body: bytes) -> FileFacts | Unparsable | None:
    """What was encoded; None where that is not what we wrote."""
    for decoder in _decoders():
        try:
            return decoder(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
    return None

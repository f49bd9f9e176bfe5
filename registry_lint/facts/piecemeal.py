"""A table of records that is decoded piece by piece.

Of a file that is not gone through whole, one expression in fifty is asked for, and most files are not: on a project of
6,557 files, 2.0 million expressions were decoded where 0.7 million are asked for, a third of them more than once.
"""

from __future__ import annotations

from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from registry_lint.errors import DamagedError
from registry_lint.facts.records import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Record = TypeVar("_Record")

_TOGETHER = 16  # records in a piece: an expression stands behind its parts, and is asked for with them

_encode = msgspec.msgpack.Encoder().encode


class _Body(msgspec.Struct, frozen=True, array_like=True):
    """A table as bytes: its pieces in one, each an array of records."""

    count: int
    ends: bytes  # where each piece ends; see records.packed
    pieces: memoryview


_decode_body = msgspec.msgpack.Decoder(_Body).decode


class Piecemeal(dict[int, _Record], Generic[_Record]):
    """Records by index, as a tuple has them.

    A dictionary of those that were asked for, since it gives what it holds nearly as fast as a tuple does, and asks
    only for what it lacks. To go through all records costs no more than decoding them once.
    """

    __slots__ = ("_count", "_decode", "_ends", "_pieces", "_told", "decoded")

    def __init__(self, body: bytes | msgspec.Raw, decode: Callable[[bytes | memoryview], Sequence[_Record]]) -> None:
        """Takes what `in_pieces` gave, and what decodes an array of records. Raises MsgspecError, ValueError or
        TypeError where the first is something else; a piece that is damaged raises DamagedError when it is asked for.
        """
        table = _decode_body(body)
        self._count, self._pieces, self._decode = table.count, table.pieces, decode
        number = -(-table.count // _TOGETHER)
        self._ends = unpacked(table.ends, number)
        if table.count < 0 or len(self._ends) != number:  # before room is made for what a damaged number says
            raise ValueError(table.count)
        self._told: list[Sequence[_Record] | None] = [None] * number
        self.decoded = 0  # records

    def __missing__(self, index: int) -> _Record:
        """A record that is asked for for the first time. Raises IndexError."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        record = self[index] = self._piece(index // _TOGETHER)[index % _TOGETHER]
        return record

    def __iter__(self) -> Iterator[_Record]:  # type: ignore[override]  # the records, not their indexes
        return chain.from_iterable(map(self._piece, range(len(self._told))))

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | Piecemeal) and len(self) == len(other) and tuple(self) == tuple(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def _piece(self, number: int) -> Sequence[_Record]:
        told = self._told[number]
        if told is None:
            start = self._ends[number - 1] if number else 0
            try:
                told = self._decode(self._pieces[start : self._ends[number]])
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise DamagedError("a table") from error
            if len(told) != min(_TOGETHER, self._count - number * _TOGETHER):
                raise DamagedError("a table")
            self._told[number] = told
            self.decoded += len(told)
        return told


def in_pieces(records: Sequence[Any]) -> bytes:
    """A table as bytes. Raises UnicodeEncodeError and OverflowError as msgspec does."""
    pieces = [_encode(records[start : start + _TOGETHER]) for start in range(0, len(records), _TOGETHER)]
    return _encode(_Body(len(records), packed([*accumulate(map(len, pieces))]), memoryview(b"".join(pieces))))

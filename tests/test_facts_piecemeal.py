"""A table that is decoded piece by piece: records as a tuple gives them, and no other than were written."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_lint.errors import DamagedError
from registry_lint.facts.piecemeal import Piecemeal, in_pieces

_decode = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_RECORDS = tuple(f"record {number}" for number in range(100))


def table(body: bytes) -> Piecemeal[str]:
    return Piecemeal(body, _decode)


@given(st.lists(st.text(max_size=8), max_size=80).map(tuple), st.data())
def test_a_table_gives_what_a_tuple_gives(records: tuple[str, ...], data: st.DataObject) -> None:
    written = table(in_pieces(records))
    asked = data.draw(st.lists(st.integers(0, len(records) - 1), max_size=10)) if records else []
    assert [written[index] for index in asked] == [records[index] for index in asked]
    assert len(written) == len(records)
    assert bool(written) == bool(records)
    assert tuple(written) == records
    assert list(enumerate(written)) == list(enumerate(records))
    assert written == records
    assert records == written
    assert written == table(in_pieces(records))
    assert written != (*records, "one more")
    assert [written[index] for index in range(len(records))] == list(records)


@pytest.mark.parametrize("index", [-1, len(_RECORDS), len(_RECORDS) + 1000])
def test_no_record_stands_outside(index: int) -> None:
    written = table(in_pieces(_RECORDS))
    with pytest.raises(IndexError):
        written[index]


def test_a_record_is_the_same_each_time() -> None:
    written = table(in_pieces(_RECORDS))
    assert written[40] is written[40]
    assert list(written)[40] is written[40]


def test_what_nobody_asks_for_is_not_decoded() -> None:
    pieces = []

    def decode(piece: bytes | memoryview) -> tuple[str, ...]:
        pieces.append(_decode(piece))
        return pieces[-1]

    written = Piecemeal(in_pieces(_RECORDS), decode)
    assert written[3] == "record 3"
    assert written[4] == "record 4"
    assert len(pieces) == 1
    assert len(list(written)) == len(list(written)) == sum(map(len, pieces)) == len(_RECORDS)


def test_damaged_bytes_are_noticed() -> None:
    """Whatever byte is another: a table that says so, or one of as many records."""
    body = in_pieces(_RECORDS)
    noticed = 0
    for place in range(len(body)):
        forged = body[:place] + bytes([body[place] ^ 0x55]) + body[place + 1 :]
        try:
            found = list(table(forged))
        except (msgspec.MsgspecError, ValueError, TypeError, DamagedError):
            noticed += 1
        else:
            assert len(found) == len(_RECORDS)
    assert noticed


def test_a_damaged_number_makes_no_room() -> None:
    """A table that says that it has a million million records is refused before they get their places."""
    for count in (10**12, -1, 17):
        with pytest.raises((ValueError, TypeError)):
            table(msgspec.msgpack.encode([count, b"", b""]))

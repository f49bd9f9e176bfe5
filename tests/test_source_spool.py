"""Rows that processes share: what one puts, the others see, and what is torn is not taken for a row."""

from __future__ import annotations

import os

import pytest

from registry_lint.source.spool import Spool

KEYS = [bytes([255 - number]) * 16 for number in range(8)]

linux = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="there are no files in memory")


def in_child(work: object) -> None:
    """Run something in a forked process."""
    assert callable(work)
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.fixture
def shared() -> Spool:
    spool = Spool()
    spool.put(KEYS[0], b"before")
    spool.share()
    return spool


def test_alone_it_is_a_table() -> None:
    spool = Spool()
    mark = spool.mark()
    spool.put(KEYS[1], b"one")
    spool.put(KEYS[1], b"another")
    assert (spool.get(KEYS[1]), spool.get(KEYS[2])) == (b"one", None)
    assert (KEYS[1] in spool, KEYS[2] in spool) == (True, False)
    assert list(spool.since(mark)) == [(KEYS[1], b"one")]
    assert list(spool.since(spool.mark())) == []


@linux
def test_processes_see_what_each_of_them_puts(shared: Spool) -> None:
    mark = shared.mark()
    in_child(lambda: shared.put(KEYS[1], b"child"))
    in_child(lambda: shared.put(KEYS[2], (shared.get(KEYS[1]) or b"") + b" read by its sister"))
    shared.put(KEYS[3], b"")
    assert [shared.get(key) for key in KEYS[:5]] == [b"before", b"child", b"child read by its sister", b"", None]
    assert [key for key, _ in shared.since(mark)] == KEYS[1:4]


@linux
def test_many_at_once_lose_nothing(shared: Spool) -> None:
    def put_many(first: int) -> None:
        for number in range(first, 400, 4):
            shared.put(number.to_bytes(16, "big"), bytes([number % 256]) * number * 50)

    children = []
    for first in range(4):
        child = os.fork()
        if child == 0:
            put_many(first)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert all(shared.get(number.to_bytes(16, "big")) == bytes([number % 256]) * number * 50 for number in range(400))


@linux
@pytest.mark.parametrize("kept", [1, 20, 40, -1], ids=["in the key", "in the head", "in the body", "all but a byte"])
def test_a_row_that_is_not_whole_ends_what_is_read(shared: Spool, kept: int) -> None:
    shared.put(KEYS[1], b"whole")
    file = shared._file
    assert file is not None
    whole = os.fstat(file.fileno()).st_size
    shared.put(KEYS[2], b"torn, since its process was killed while it wrote")
    os.ftruncate(file.fileno(), whole + kept if kept > 0 else os.fstat(file.fileno()).st_size + kept)
    shared.put(KEYS[3], b"behind it" * 100)
    assert shared.get(KEYS[1]) == b"whole"
    assert shared.get(KEYS[2]) is None
    assert shared.get(KEYS[3]) is None


@linux
def test_a_changed_byte_is_no_row(shared: Spool) -> None:
    shared.put(KEYS[1], b"whole")
    file = shared._file
    assert file is not None
    again = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDWR)
    os.pwrite(again, b"!", os.fstat(again).st_size - 1)
    os.close(again)
    assert KEYS[1] in shared  # its head is whole
    assert shared.get(KEYS[1]) is None
    assert list(shared.since(0)) == []


@linux
def test_full_memory_leaves_a_process_its_own_rows(shared: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, inner: object) -> None:
            self._inner = inner

        def write(self, _: bytes) -> int:
            raise OSError("no space")

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

    monkeypatch.setattr(shared, "_file", Full(shared._file))
    shared.put(KEYS[4], b"mine")
    assert shared.get(KEYS[4]) == b"mine"

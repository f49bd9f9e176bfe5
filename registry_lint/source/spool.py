"""Rows that a process and those forked from it share: what one of them found out, none of them finds out again.

They stand in an unnamed file in memory, which each process appends to and reads on its own. Nothing is locked: a row
is written in one call to the end of the file, which the system does for one process after the other; and head and body
of a row carry checksums, so that one that is not whole (a process was killed, memory was short) ends what is read and
breaks nothing.
"""

from __future__ import annotations

import os
import struct
import zlib
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

_HEAD = struct.Struct("<16sQII")  # key, length of the body in bytes, its checksum, and that of what stands before
_CHECKSUM = 4  # bytes


class _Place(NamedTuple):
    """Where a body stands in the file."""

    start: int
    length: int
    checksum: int


class Spool:
    """Rows by keys of 16 bytes. Until it is shared, and where there are no files in memory (but on Linux), a process
    sees its own rows only."""

    def __init__(self) -> None:
        self._own: dict[bytes, bytes] = {}
        self._file: FileIO | None = None
        self._places: dict[bytes, _Place] = {}
        self._seen = 0  # bytes of the file whose rows are known

    @property
    def is_shared(self) -> bool:
        """Whether rows that are put from here on are seen by all processes."""
        return self._file is not None

    def share(self) -> None:
        """Be shared with the processes that are forked from here on."""
        if self._file is None and hasattr(os, "memfd_create"):
            try:
                descriptor = os.memfd_create("registry-lint", os.MFD_CLOEXEC)
            except OSError:  # forbidden here
                return
            self._file = open(descriptor, "r+b", buffering=0)  # noqa: SIM115, PTH123 - lives as long as the spool
            _append_always(descriptor)

    def put(self, key: bytes, body: bytes) -> None:
        """Add a row; of two with one key, the first counts."""
        if self._file is None:
            self._own.setdefault(key, body)
            return
        row = _row(key, body)
        try:
            if self._file.write(row) == len(row):
                return
        except OSError:  # memory is full
            pass
        self._own.setdefault(key, body)

    def __contains__(self, key: bytes) -> bool:
        if key in self._own:
            return True
        if self._file is not None and key not in self._places:
            self._catch_up(self._file)
        return key in self._places

    def get(self, key: bytes) -> bytes | None:
        """The body of a row that any process has put; None where there is none."""
        own = self._own.get(key)
        if own is not None or self._file is None:
            return own
        return _body(self._file, self._places[key]) if key in self else None

    def mark(self) -> int:
        """A point in time, for `since`."""
        if self._file is None:
            return len(self._own)
        self._catch_up(self._file)
        return self._seen

    def since(self, mark: int) -> Iterator[tuple[bytes, bytes]]:
        """The rows that came after a point in time: of all processes where it is shared, else of this one."""
        if self._file is None:
            yield from islice(self._own.items(), mark, None)
            return
        self._catch_up(self._file)
        for key, place in self._places.items():
            body = _body(self._file, place) if place.start > mark else None
            if body is not None:
                yield key, body

    def _catch_up(self, file: FileIO) -> None:
        """Learn of the rows that others have put."""
        descriptor, size = file.fileno(), os.fstat(file.fileno()).st_size
        while self._seen + _HEAD.size <= size:
            head = os.pread(descriptor, _HEAD.size, self._seen)
            key, length, checksum, own_checksum = _HEAD.unpack(head)
            start = self._seen + _HEAD.size
            if own_checksum != zlib.crc32(head[:-_CHECKSUM]) or start + length > size:
                return
            self._places.setdefault(key, _Place(start, length, checksum))
            self._seen = start + length


def _row(key: bytes, body: bytes) -> bytes:
    head = _HEAD.pack(key, len(body), zlib.crc32(body), 0)[:-_CHECKSUM]
    return head + zlib.crc32(head).to_bytes(_CHECKSUM, "little") + body


def _body(file: FileIO, place: _Place) -> bytes | None:
    body = os.pread(file.fileno(), place.length, place.start)
    return body if zlib.crc32(body) == place.checksum else None


def _append_always(descriptor: int) -> None:
    import fcntl  # where there are files in memory, there is this

    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_APPEND)

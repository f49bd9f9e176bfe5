"""What the file system says of files: by it a run knows what did not change since another one.

A file whose size, times and inode are as they were is taken to hold what it held. Two traps: a file may change twice
within one tick of the file system's clock, so a state is only remembered when it is some seconds old; and tools set
modification times at will, so the change time, which they cannot set, counts too.
"""

from __future__ import annotations

import contextlib
import hashlib
import operator
import os
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# FAT counts in steps of two seconds, the coarsest clock that a work tree is likely to stand on.
_SETTLED_AFTER = 2_000_000_000  # nanoseconds
_DIGEST_SIZE = 16

State = tuple[int, int, int, int, int]
"""What the file system says of a file: mode, size, modified, changed (nanoseconds), inode. A plain tuple, since there
are as many as files and a run that finds nothing changed does little else than make them."""

_MODIFIED, _CHANGED = 2, 3


class States(NamedTuple):
    """The states of files at one moment (nanoseconds since the epoch, from before the first was asked for)."""

    moment: int
    files: dict[str, State]

    def fingerprint(self) -> bytes | None:
        """Names all files and their states at once; None where a file changed too lately to be sure of its state."""
        latest = self.moment - _SETTLED_AFTER
        for place in (_MODIFIED, _CHANGED):
            if max(map(operator.itemgetter(place), self.files.values()), default=0) >= latest:
                return None
        paths = sorted(self.files)
        named = hashlib.blake2b(os.fsencode("\0".join(paths)), digest_size=_DIGEST_SIZE)
        named.update(msgspec.msgpack.encode([self.files[path] for path in paths]))
        return named.digest()

    def is_settled(self, state: State) -> bool:
        """Whether a change after this moment must show in the state."""
        return max(state[_MODIFIED], state[_CHANGED]) < self.moment - _SETTLED_AFTER


def states(root: Path, paths: Sequence[str]) -> States:
    """The states of files; one that cannot be asked for is left out."""
    moment = time.time_ns()
    prefix = os.path.join(str(root), "")  # noqa: PTH118 - Path drops the trailing separator
    try:
        return States(moment, dict(zip(paths, _states(prefix, paths), strict=True)))
    except OSError:  # a file has gone: one after the other, a fifth slower
        found = {}
        for path in paths:
            with contextlib.suppress(OSError):
                (found[path],) = _states(prefix, (path,))
        return States(moment, found)


def _states(prefix: str, paths: Sequence[str]) -> list[State]:
    """Raises OSError."""
    return [
        (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        for status in map(os.lstat, map(prefix.__add__, paths))
    ]

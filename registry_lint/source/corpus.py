"""Where sources come from: a folder on disk, a revision in git, or plain texts in memory.

Paths are relative to the root, POSIX, and name regular files only. A name that is no valid UTF-8 is held as Python
holds file names (`surrogateescape`): give it to the file system as it is, and escape it before printing it.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# A source larger than this is refused instead of read: the largest file of the standard library has 0.9 MB.
LARGEST_SOURCE = 64 * 1024 * 1024

# O_NOFOLLOW: a link may lead out of the project; O_NONBLOCK: opening a FIFO must not wait for a writer.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


class Corpus(Protocol):
    """Named sources that can be read one at a time, as often as wanted."""

    @property
    def root(self) -> Path | None:
        """The folder that paths are relative to; None where the sources are in no folder."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""

    def read(self, path: str) -> bytes:
        """The bytes of one source. Raises OSError where it cannot be had (vanished, unreadable, a FIFO …)."""


class MemoryCorpus:
    """Sources held in memory: examples, standard input, tests."""

    root: Path | None = None

    def __init__(self, sources: Mapping[str, str | bytes]) -> None:
        self._sources = {
            path: source.encode() if isinstance(source, str) else source for path, source in sources.items()
        }
        self.paths = tuple(sorted(self._sources))

    def read(self, path: str) -> bytes:
        """The bytes of one source. Raises FileNotFoundError."""
        try:
            return self._sources[path]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from None


class DiskCorpus:
    """Files below a folder. Nothing is kept: a file is read anew each time that it is asked for."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self.root = root
        self.paths = tuple(sorted(paths))
        self._prefix = os.path.join(str(root), "")  # noqa: PTH118 - Path drops the trailing separator

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises OSError; a link, FIFO, socket, device or folder is refused, not followed."""
        return read_regular(self._prefix + path)


def read_regular(path: str) -> bytes:
    """The bytes of a regular file of at most LARGEST_SOURCE bytes. Raises OSError for anything else."""
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        # One byte more than the size: a short answer says that the end was met, without a second call.
        wanted = status.st_size + 1
        content = os.read(descriptor, min(wanted, LARGEST_SOURCE + 1))
        if len(content) >= wanted or len(content) < status.st_size:
            content = _read_rest(descriptor, content)
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_SOURCE:
        raise OSError(errno.EFBIG, f"larger than {LARGEST_SOURCE} bytes", path)
    return content


def _read_rest(descriptor: int, begun: bytes) -> bytes:
    """What follows in a file that grows while it is read, or that is given in pieces; bounded."""
    pieces = [begun]
    length = len(begun)
    while length <= LARGEST_SOURCE and (piece := os.read(descriptor, 1 << 20)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


class GitCorpus:
    """Files of one revision, read from git's objects; the work tree and the index are not looked at.

    `paths` limits what is listed; None lists the Python files of the revision below `root`. Links and submodules are
    left out. Raises UserError where git is missing, `root` is in no repository or the revision does not exist.
    """

    def __init__(self, root: Path, revision: str, paths: Iterable[str] | None = None) -> None:
        from registry_lint.source import git  # here: a check of files on disk need not load subprocess

        self.root = root
        self._objects = git.tree(root, git.commit(root, revision))
        wanted = self._objects.keys() if paths is None else paths
        self.paths = tuple(sorted(path for path in wanted if path in self._objects))
        self._reader: subprocess.Popen[bytes] | None = None

    def read(self, path: str) -> bytes:
        """The bytes of one file as the revision has it. Raises OSError."""
        from registry_lint.source import git

        identity = self._objects.get(path)
        if identity is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if self._reader is None or self._reader.poll() is not None:
            self._reader = git.start_reader(self.root)
        return git.read_object(self._reader, identity, path)

    def identity(self, path: str) -> str:
        """Git's name of the content: equal for equal contents, known without reading."""
        return self._objects[path]

    def close(self) -> None:
        """End the process that reads objects. Reading again starts another."""
        if self._reader is not None:
            self._reader.kill()
            self._reader.communicate()
            self._reader = None

    def __enter__(self) -> GitCorpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_reader", None) is not None:
            self.close()

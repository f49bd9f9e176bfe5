"""A new content beside the old one, complete on disk, so that a rename is all that is left to do."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from registry_lint.suggest.plan import Changed

SUFFIX = ".registry-lint-new"  # a staged file; no ending that any discovery takes for a source


class CannotWriteError(Exception):
    """Why a file is left alone."""


class Staged(NamedTuple):
    """A change, the file that it is of, and the new content beside that."""

    change: Changed
    target: Path
    new: Path


Group = tuple[Staged, ...]  # of one fix: all or none


def target_of(path: str, root: Path) -> Path:
    """The file behind a path: a link inside the project is followed, one out of it is not.

    Raises CannotWriteError, OSError.
    """
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise CannotWriteError(f"{path} is not in the project")
    target = Path(os.path.realpath(root / path))
    if not target.is_relative_to(os.path.realpath(root)):
        raise CannotWriteError(f"{path} leads out of the project")
    if not stat.S_ISREG(target.stat().st_mode):
        raise CannotWriteError(f"{path} is no regular file")
    if not os.access(target, os.W_OK):
        raise CannotWriteError(f"{path} may not be written")
    return target


def stage(target: Path, content: bytes) -> Path:
    """The new content, in a file beside the old one that is complete on disk and has its mode. Raises OSError."""
    status = target.stat()
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=SUFFIX, dir=target.parent)
    staged = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if hasattr(os, "fchown"):
                with contextlib.suppress(OSError):  # only root may give a file to another
                    os.fchown(descriptor, status.st_uid, status.st_gid)
            staged.chmod(stat.S_IMODE(status.st_mode))
            os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        raise
    return staged


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

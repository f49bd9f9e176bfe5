"""Writing changed files so that a kill at any moment leaves each of them either old or new, and none half.

A file is written beside itself, synced and renamed over the old one. All files of a run are staged first and noted in
one journal; until then nothing has changed, and from then on the next run that writes, or `recover`, finishes what the
journal says: a project is never left between two fixes, one of which was made in reliance on the other. Writers of one
project take turns by a lock on its folder, and a file whose content is no longer the one that was analysed is left
alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from registry_lint.suggest.plan import Changed

JOURNAL = ".registry-lint-journal.json"
_SUFFIX = ".registry-lint-new"  # a staged file; no ending that any discovery takes for a source


class Unwritten(NamedTuple):
    """A file that was not written, and why."""

    path: str
    reason: str


class Written(NamedTuple):
    """What was written and what was not."""

    paths: tuple[str, ...]
    skipped: tuple[Unwritten, ...]


class _CannotWriteError(Exception):
    """Why a file is left alone."""


def write(changes: Mapping[str, Changed], together: Iterable[Collection[str]], root: Path) -> Written:
    """Write changed files below a folder; those of one group of `together` all or none.

    A file that is not as it was analysed is skipped, with its group. Mode and, where allowed, owner are kept.
    """
    skipped: list[Unwritten] = []
    grouped = [sorted(set(group) & changes.keys()) for group in together]
    alone = sorted(changes.keys() - {path for group in grouped for path in group})
    groups = sorted([*(group for group in grouped if group), *([path] for path in alone)])
    with _turn(root):
        _recover(root)
        _sweep({(root / path).parent for path in changes})
        staged: list[_Group] = []
        try:
            for group in groups:
                with _refusals(group, skipped):
                    staged.append(_stage_group([changes[path] for path in group], root))
            noted = _noted(staged, root, skipped)
        except BaseException:
            _discard(staged, root)
            raise
        done = _swapped(noted, root, skipped)
        _discard(staged, root)
    return Written(tuple(sorted(done)), tuple(sorted(skipped)))


def recover(root: Path) -> tuple[str, ...]:
    """Finish what a killed run began: the paths that are now as it meant them. Call it before analysing."""
    if not (root / JOURNAL).is_file():
        return ()
    with _turn(root):
        return _recover(root)


def _sweep(folders: Iterable[Path]) -> None:
    """Remove what killed runs staged and never came to note."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for left in folder.glob(f".*{_SUFFIX}"):
                left.unlink()


# -- all groups


class _Staged(NamedTuple):
    change: Changed
    target: Path
    new: Path


_Group = tuple[_Staged, ...]


@contextlib.contextmanager
def _refusals(paths: Iterable[str], skipped: list[Unwritten]) -> Iterator[None]:
    """Where a group cannot be written, say so of each of its files, and go on with the next."""
    try:
        yield
    except (_CannotWriteError, OSError) as error:
        reason = str(error) if isinstance(error, _CannotWriteError) else f"{error.strerror or error}"
        skipped.extend(Unwritten(path, reason) for path in paths)


def _noted(staged: Sequence[_Group], root: Path, skipped: list[Unwritten]) -> Sequence[_Group]:
    """Write the journal; where that fails, only files that go alone are left to be written."""
    if sum(map(len, staged)) < 2:
        return staged
    several = [group for group in staged if len(group) > 1]
    with _refusals([one.change.path for group in several for one in group], skipped):
        _note(root / JOURNAL, staged, root)
        return staged
    return [group for group in staged if len(group) == 1]


def _swapped(noted: Iterable[_Group], root: Path, skipped: list[Unwritten]) -> list[str]:
    """Rename group by group; the paths that are new."""
    done: list[str] = []
    try:
        for group in noted:
            paths = [one.change.path for one in group]
            with _refusals(paths, skipped):
                _swap(group)
                done.extend(paths)
    except BaseException:  # Ctrl-C: the little that is left is finished; after a second one, by the next run
        _recover(root)
        raise
    return done


def _discard(staged: Iterable[_Group], root: Path) -> None:
    """Remove the journal, then what was staged and not renamed."""
    for left in (root / JOURNAL, *(one.new for group in staged for one in group)):
        with contextlib.suppress(OSError):  # a folder that may not be written any more
            left.unlink(missing_ok=True)


# -- one group


def _stage_group(group: Sequence[Changed], root: Path) -> _Group:
    staged: list[_Staged] = []
    try:
        for change in group:
            target = _target(change.path, root)
            _check_unchanged(change, target)
            staged.append(_Staged(change, target, _stage(target, change.new)))
    except BaseException:
        for one in staged:
            with contextlib.suppress(OSError):
                one.new.unlink(missing_ok=True)
        raise
    return tuple(staged)


def _target(path: str, root: Path) -> Path:
    """The file behind a path: a link inside the project is followed, one out of it is not."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise _CannotWriteError(f"{path} is not in the project")
    target = Path(os.path.realpath(root / path))
    if not target.is_relative_to(os.path.realpath(root)):
        raise _CannotWriteError(f"{path} leads out of the project")
    if not stat.S_ISREG(target.stat().st_mode):
        raise _CannotWriteError(f"{path} is no regular file")
    if not os.access(target, os.W_OK):
        raise _CannotWriteError(f"{path} may not be written")
    return target


def _check_unchanged(change: Changed, target: Path) -> None:
    if target.read_bytes() != change.old:
        raise _CannotWriteError(f"{change.path} has changed since it was analysed")


def _stage(target: Path, content: bytes) -> Path:
    """The new content, in a file beside the old one that is complete on disk and has its mode."""
    status = target.stat()
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=_SUFFIX, dir=target.parent)
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


def _swap(staged: Sequence[_Staged]) -> None:
    """Rename all staged files over the old ones; where one rename fails, those before it are taken back."""
    for one in staged:
        _check_unchanged(one.change, one.target)
    swapped: list[_Staged] = []
    try:
        for one in staged:
            one.new.replace(one.target)
            swapped.append(one)
    except OSError:
        for one in swapped:
            with contextlib.suppress(OSError):
                _stage(one.target, one.change.old).replace(one.target)
        raise
    for folder in {one.target.parent for one in staged}:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# -- the journal


def _note(journal: Path, staged: Iterable[_Group], root: Path) -> None:
    """Write down what is about to be renamed. From here on a killed run is finished by the next."""
    real = Path(os.path.realpath(root))
    groups = [
        [
            {
                "target": one.target.relative_to(real).as_posix(),
                "staged": one.new.name,
                "old": _digest(one.change.old),
                "new": _digest(one.change.new),
            }
            for one in group
        ]
        for group in staged
    ]
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=_SUFFIX, dir=journal.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(groups, file)
        file.flush()
        os.fsync(descriptor)
    Path(name).replace(journal)
    _sync_folder(journal.parent)


def _recover(root: Path) -> tuple[str, ...]:
    """Rename what a journal left staged; only files whose contents are the journal's, and only inside the project.

    A journal may have come with the checkout: it can do no more than swap a file for one that lies beside it.
    """
    journal = root / JOURNAL
    if not journal.is_file() or journal.is_symlink():
        return ()
    finished: list[str] = []
    for target, new in _open_entries(journal, root):
        with contextlib.suppress(OSError):
            new.replace(target)
            _sync_folder(target.parent)
            finished.append(target.relative_to(os.path.realpath(root)).as_posix())
    with contextlib.suppress(OSError):  # a tree that may only be read
        journal.unlink(missing_ok=True)
    return tuple(sorted(finished))


def _open_entries(journal: Path, root: Path) -> Sequence[tuple[Path, Path]]:
    """What a journal leaves to be done; nothing where somebody has worked on any of its files since."""
    try:
        groups = json.loads(journal.read_bytes().decode("utf-8", "surrogateescape"))
        named = [
            [(str(e["target"]), str(e["staged"]), str(e["old"]), str(e["new"])) for e in group] for group in groups
        ]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()
    found: list[tuple[Path, Path]] = []
    for group in named:
        left: list[tuple[Path, Path]] = []
        with contextlib.suppress(_CannotWriteError, OSError, ValueError):  # a group that cannot be whole is left
            for name, staged, old, new in group:
                target = _target(name, root)
                current = _digest(target.read_bytes())
                if current not in (old, new):
                    return ()
                if current == old:
                    left.append((target, _staged_beside(target, staged, new)))
            found.extend(left)
    return found


def _staged_beside(target: Path, name: str, digest: str) -> Path:
    """A staged file with the content that its journal gives it. Raises _CannotWriteError, OSError."""
    beside = target.parent / name
    if "/" in name or os.sep in name or not name.endswith(_SUFFIX) or beside.is_symlink():
        raise _CannotWriteError(f"{name!r} is no staged file")
    if not beside.is_file() or _digest(beside.read_bytes()) != digest:
        raise _CannotWriteError(f"{name} is not what was staged")
    return beside


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- taking turns


@contextlib.contextmanager
def _turn(root: Path) -> Iterator[None]:
    """Hold the lock on a project's folder; the system gives it back when a process dies."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows: the check of contents is what protects there
        yield
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

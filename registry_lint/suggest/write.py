"""Writing changed files so that a kill at any moment leaves each of them either old or new, and none half.

A file is written beside itself, synced and renamed over the old one. All files of a run are staged first and noted in
one journal; until then nothing has changed, and from then on the next run that writes, or `recover`, finishes what the
journal says: a project is never left between two fixes, one of which was made in reliance on the other. Writers of one
project take turns by a lock on its folder, and a file whose content is no longer the one that was analysed is left
alone.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.suggest.journal import JOURNAL, finish, note
from registry_lint.suggest.staging import SUFFIX, CannotWriteError, Staged, stage, sync_folder, target_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from registry_lint.suggest.plan import Changed
    from registry_lint.suggest.staging import Group


class Unwritten(NamedTuple):
    """A file that was not written, and why."""

    path: str
    reason: str


class Written(NamedTuple):
    """What was written and what was not."""

    paths: tuple[str, ...]
    skipped: tuple[Unwritten, ...]


def write(changes: Mapping[str, Changed], together: Iterable[Collection[str]], root: Path) -> Written:
    """Write changed files below a folder; those of one group of `together` all or none.

    A file that is not as it was analysed is skipped, with its group. Mode and, where allowed, owner are kept.
    """
    skipped: list[Unwritten] = []
    grouped = [sorted(set(group) & changes.keys()) for group in together]
    alone = sorted(changes.keys() - {path for group in grouped for path in group})
    groups = sorted([*(group for group in grouped if group), *([path] for path in alone)])
    with _turn(root):
        finish(root)
        _sweep({root, *((root / path).parent for path in changes)})
        staged: list[Group] = []
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
        return finish(root)


def _sweep(folders: Iterable[Path]) -> None:
    """Remove what killed runs staged and never came to note."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for left in folder.glob(f".*{SUFFIX}"):
                left.unlink()


# -- all groups


@contextlib.contextmanager
def _refusals(paths: Iterable[str], skipped: list[Unwritten]) -> Iterator[None]:
    """Where a group cannot be written, say so of each of its files, and go on with the next."""
    try:
        yield
    except (CannotWriteError, OSError) as error:
        reason = str(error) if isinstance(error, CannotWriteError) else f"{error.strerror or error}"
        skipped.extend(Unwritten(path, reason) for path in paths)


def _noted(staged: Sequence[Group], root: Path, skipped: list[Unwritten]) -> Sequence[Group]:
    """Write the journal; where that fails, only files that go alone are left to be written."""
    if sum(map(len, staged)) < 2:
        return staged
    several = [group for group in staged if len(group) > 1]
    with _refusals([one.change.path for group in several for one in group], skipped):
        note(root / JOURNAL, staged, root)
        return staged
    return [group for group in staged if len(group) == 1]


def _swapped(noted: Iterable[Group], root: Path, skipped: list[Unwritten]) -> list[str]:
    """Rename group by group; the paths that are new."""
    done: list[str] = []
    try:
        for group in noted:
            paths = [one.change.path for one in group]
            with _refusals(paths, skipped):
                _swap(group)
                done.extend(paths)
    except BaseException:  # Ctrl-C: the little that is left is finished; after a second one, by the next run
        finish(root)
        raise
    return done


def _discard(staged: Iterable[Group], root: Path) -> None:
    """Remove the journal, then what was staged and not renamed."""
    for left in (root / JOURNAL, *(one.new for group in staged for one in group)):
        with contextlib.suppress(OSError):  # a folder that may not be written any more
            left.unlink(missing_ok=True)


# -- one group


def _stage_group(group: Sequence[Changed], root: Path) -> Group:
    staged: list[Staged] = []
    try:
        for change in group:
            target = target_of(change.path, root)
            _check_unchanged(change, target)
            staged.append(Staged(change, target, stage(target, change.new)))
    except BaseException:
        for one in staged:
            with contextlib.suppress(OSError):
                one.new.unlink(missing_ok=True)
        raise
    return tuple(staged)


def _check_unchanged(change: Changed, target: Path) -> None:
    if target.read_bytes() != change.old:
        raise CannotWriteError(f"{change.path} has changed since it was analysed")


def _swap(staged: Sequence[Staged]) -> None:
    """Rename all staged files over the old ones; where one rename fails, those before it are taken back."""
    for one in staged:
        _check_unchanged(one.change, one.target)
    swapped: list[Staged] = []
    try:
        for one in staged:
            one.new.replace(one.target)
            swapped.append(one)
    except OSError:
        for one in swapped:
            with contextlib.suppress(OSError):
                stage(one.target, one.change.old).replace(one.target)
        raise
    for folder in {one.target.parent for one in staged}:
        sync_folder(folder)


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

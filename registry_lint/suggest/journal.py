"""What is about to be renamed, written down, so that a killed run is finished by the next."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from registry_lint.suggest.staging import SUFFIX, CannotWriteError, sync_folder, target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from registry_lint.suggest.staging import Group

JOURNAL = ".registry-lint-journal.json"
_LARGEST = 64_000_000  # bytes; 250 for each file, and nobody's fixes change more


def note(journal: Path, staged: Iterable[Group], root: Path) -> None:
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
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=SUFFIX, dir=journal.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(groups, file)
            file.flush()
            os.fsync(descriptor)
        draft.replace(journal)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync_folder(journal.parent)


def finish(root: Path) -> tuple[str, ...]:
    """Rename what a journal left staged; only files whose contents are the journal's, and only inside the project.

    A journal may have come with the checkout: it can do no more than swap a file for one that lies beside it.
    """
    journal = root / JOURNAL
    if not journal.is_file() or journal.is_symlink() or journal.stat().st_size > _LARGEST:
        return ()
    finished: list[str] = []
    for target, new in _open_entries(journal, root):
        with contextlib.suppress(OSError):
            new.replace(target)
            sync_folder(target.parent)
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
        with contextlib.suppress(CannotWriteError, OSError, ValueError):  # a group that cannot be whole is left
            for name, staged, old, new in group:
                target = target_of(name, root)
                current = _digest(target.read_bytes())
                if current not in (old, new):
                    return ()
                if current == old:
                    left.append((target, _staged_beside(target, staged, new)))
            found.extend(left)
    return found


def _staged_beside(target: Path, name: str, digest: str) -> Path:
    """A staged file with the content that its journal gives it. Raises CannotWriteError, OSError."""
    beside = target.parent / name
    if "/" in name or os.sep in name or not name.endswith(SUFFIX) or beside.is_symlink():
        raise CannotWriteError(f"{name!r} is no staged file")
    if not beside.is_file() or _digest(beside.read_bytes()) != digest:
        raise CannotWriteError(f"{name} is not what was staged")
    return beside


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

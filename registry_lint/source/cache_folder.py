"""Where the cache stands, and that nothing is ever written elsewhere."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from registry_lint.source.cache import COMPANIONS, FILE, LIMIT, Cache

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = ".registry_lint_cache"
VARIABLE = "REGISTRY_LINT_CACHE_DIR"

_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder holds what registry-lint may make again at any time (see https://bford.info/cachedir/).
"""


def open_cache(root: Path, chosen: Path | None = None, *, limit: int = LIMIT) -> Cache | None:
    """The cache of a project: in `chosen`, else where REGISTRY_LINT_CACHE_DIR says, else in the project's root.

    None where it cannot be written to, and where the folder in the project is a link or another user's: what is
    analysed does not decide where we write.
    """
    folder = place(root, chosen)
    try:
        if folder.parent == root and chosen is None:
            if not os.path.lexists(folder):
                folder.mkdir()
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
                return None
        else:
            folder.mkdir(parents=True, exist_ok=True)
        _write_once(folder / "CACHEDIR.TAG", _TAG)
        _write_once(folder / ".gitignore", "# made by registry-lint\n*\n")
    except OSError:
        return None
    return Cache(folder, program_identity(), limit=limit)


def place(root: Path, chosen: Path | None = None) -> Path:
    """The folder of a project's cache, whether it is there or not."""
    if chosen is not None:
        return chosen
    named = os.environ.get(VARIABLE)
    if named:
        # One folder for many projects: each has a part of its own.
        own = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
        return Path(named).expanduser() / own
    return root / FOLDER


def clean(root: Path, chosen: Path | None = None) -> bool:
    """Remove a project's cache: our own files only. Returns whether there was one. Raises OSError."""
    folder = place(root, chosen)
    if folder.is_symlink() or not folder.is_dir():
        return False
    found = False
    for name in (*(FILE + companion for companion in COMPANIONS), "CACHEDIR.TAG", ".gitignore"):
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
            found = True
    with contextlib.suppress(OSError):  # somebody else's files are in there
        folder.rmdir()
    return found


def program_identity() -> str:
    """A name that changes with the program itself, also in a checkout where its version stands still.

    Where it is installed, the record of the installation holds a digest of each file. (Their times are those of the
    installation, and in a pipeline that keeps its cache that is another one each time.)
    """
    top = Path(__file__).parents[1]
    parts: Iterable[object] = _recorded(top.parent)
    parts = list(parts) or [one for folder in (top, top.parent / "rules") for one in sorted(_sources(str(folder)))]
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _recorded(folder: Path) -> list[str]:
    """What the installation recorded of our files: their names and digests; nothing in a checkout."""
    with contextlib.suppress(OSError, UnicodeDecodeError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("registry_lint-") and entry.name.endswith(".dist-info"):
                lines = Path(entry.path, "RECORD").read_text(encoding="utf-8").splitlines()
                return sorted(line for line in lines if line.startswith("registry_lint/") and ".pyc," not in line)
    return []


def _sources(folder: str) -> Iterable[tuple[str, int, int]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _sources(entry.path)


def _write_once(path: Path, text: str) -> None:
    with contextlib.suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
        file.write(text)

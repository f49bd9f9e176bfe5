"""The settings' excludes, prepared for thousands of questions."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.config.globs import Globs, compiled
from registry_lint.config.settings import COPIES_UNLESS_PACKAGES, EXCLUDE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from registry_lint.config.settings import Settings


class Excludes(NamedTuple):
    """What the settings exclude, by path. `file` is None where no pattern speaks of files."""

    folder: Callable[[str], bool]
    file: Callable[[str], bool] | None


def excludes_of(settings: Settings, is_package: Callable[[str], bool]) -> Excludes:
    """The settings' excludes, to be asked once for each file and folder, from the root downwards.

    So a pattern without a slash needs to be held against the last component only, and most folders' names are
    answered from a dictionary. `is_package` is asked of folders whose name alone does not decide.
    """
    unless_packages = COPIES_UNLESS_PACKAGES if settings.exclude == EXCLUDE else ()
    patterns = (*(one for one in settings.exclude if one not in unless_packages), *settings.extend_exclude)
    copies = frozenset(pattern.rstrip("/") for pattern in unless_packages)
    if any(pattern.startswith("!") for pattern in patterns):
        return _in_order(settings, compiled(patterns), copies, is_package)
    simple = tuple(pattern for pattern in patterns if "/" not in pattern.removeprefix("./").rstrip("/"))
    slashed = tuple(pattern for pattern in patterns if pattern not in simple)
    for_folders = _remembered(compiled(simple))
    for_files = compiled(tuple(pattern for pattern in simple if not pattern.endswith("/")))
    anywhere = compiled(slashed)

    def folder(path: str) -> bool:
        name = path.rpartition("/")[2]
        if for_folders(name) or (name in copies and not is_package(path)):
            return True
        return bool(slashed) and anywhere.match(path, folder=True)

    def file(path: str) -> bool:
        return for_files.match(path.rpartition("/")[2]) or (bool(slashed) and anywhere.match(path))

    return Excludes(folder, None if all(pattern in simple and pattern.endswith("/") for pattern in patterns) else file)


def left_out(settings: Settings, is_package: Callable[[str], bool]) -> Callable[[str], bool]:
    """Whether discovery leaves a file out: some folder on its way, or itself."""
    excludes = excludes_of(settings, is_package)
    known: dict[str, bool] = {"": False}

    def closed(folder: str) -> bool:
        if (answer := known.get(folder)) is None:
            answer = known[folder] = closed(folder.rpartition("/")[0]) or excludes.folder(folder)
        return answer

    def is_left_out(path: str) -> bool:
        return closed(path.rpartition("/")[0]) or (excludes.file is not None and excludes.file(path))

    return is_left_out


def packages_on_disk(root: Path) -> Callable[[str], bool]:
    """Whether a folder below `root` is a package; no link is followed."""
    prefix = os.path.join(str(root), "")  # noqa: PTH118 - Path drops the trailing separator

    def is_package(folder: str) -> bool:
        try:
            return stat.S_ISREG(os.lstat(f"{prefix}{folder}/__init__.py").st_mode)
        except OSError:
            return False

    return is_package


def packages_among(paths: Collection[str]) -> Callable[[str], bool]:
    """Whether a folder is a package, by the list of all files."""
    return lambda folder: f"{folder}/__init__.py" in paths


def _in_order(settings: Settings, firm: Globs, copies: frozenset[str], is_package: Callable[[str], bool]) -> Excludes:
    """Where patterns take back what others said, each path is held against all of them, in their order."""

    def is_excluded(path: str, *, folder: bool = False) -> bool:
        if not settings.is_excluded(path, folder=folder):
            return False
        parts = path.split("/")
        on_the_way = range(len(parts) if folder else len(parts) - 1)
        return firm.match(path, folder=folder) or any(
            parts[at] in copies and not is_package("/".join(parts[: at + 1])) for at in on_the_way
        )

    return Excludes(lambda path: is_excluded(path, folder=True), is_excluded)


def _remembered(globs: Globs) -> Callable[[str], bool]:
    """Whether a folder's name is meant, each looked at once."""
    verdicts: dict[str, bool] = {}

    def match(name: str) -> bool:
        verdict = verdicts.get(name)
        if verdict is None:
            verdict = verdicts[name] = globs.match(name, folder=True)
        return verdict

    return match

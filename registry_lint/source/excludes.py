"""The settings' excludes, prepared for thousands of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.config.globs import Globs, compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry_lint.config.settings import Settings


class Excludes(NamedTuple):
    """What the settings exclude, by path. `file` is None where no pattern speaks of files."""

    folder: Callable[[str], bool]
    file: Callable[[str], bool] | None


def excludes_of(settings: Settings) -> Excludes:
    """The settings' excludes, to be asked once for each file and folder, from the root downwards.

    So a pattern without a slash needs to be held against the last component only, and most folders' names are
    answered from a dictionary.
    """
    patterns = settings.exclude + settings.extend_exclude
    if any(pattern.startswith("!") for pattern in patterns):
        return Excludes(lambda path: settings.is_excluded(path, folder=True), settings.is_excluded)
    simple = tuple(pattern for pattern in patterns if "/" not in pattern.removeprefix("./").rstrip("/"))
    slashed = tuple(pattern for pattern in patterns if pattern not in simple)
    for_folders = _remembered(compiled(simple))
    for_files = compiled(tuple(pattern for pattern in simple if not pattern.endswith("/")))
    anywhere = compiled(slashed)

    def folder(path: str) -> bool:
        return for_folders(path.rpartition("/")[2]) or (bool(slashed) and anywhere.match(path, folder=True))

    def file(path: str) -> bool:
        return for_files.match(path.rpartition("/")[2]) or (bool(slashed) and anywhere.match(path))

    return Excludes(folder, None if all(pattern in simple and pattern.endswith("/") for pattern in patterns) else file)


def _remembered(globs: Globs) -> Callable[[str], bool]:
    """Whether a folder's name is meant, each looked at once."""
    verdicts: dict[str, bool] = {}

    def match(name: str) -> bool:
        verdict = verdicts.get(name)
        if verdict is None:
            verdict = verdicts[name] = globs.match(name, folder=True)
        return verdict

    return match

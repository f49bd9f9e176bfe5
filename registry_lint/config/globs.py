"""Path patterns, in the form that everyone knows from gitignore.

`*` and `?` stay within one component, `**` spans any number of them. A pattern without a slash (but at its
end) matches a component at any depth; one with a slash counts from the root. A trailing slash matches
folders only. Whatever lies in a matched folder is matched. `!pattern` takes back; the last match decides.

No pattern can hang a run: a component is matched by `fnmatch`, whose expressions do not backtrack over
stars, and `**` by a table.
"""

from __future__ import annotations

import fnmatch
import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Pattern:
    """One compiled pattern."""

    def __init__(self, text: str) -> None:
        self.taken_back = text.startswith("!")
        body = text[1:] if self.taken_back else text
        self.folders_only = body.endswith("/")
        body = body.removeprefix("./").rstrip("/")
        self.anywhere = "/" not in body
        self._components = tuple(
            None if part == "**" else re.compile(fnmatch.translate(part)) for part in body.split("/") if part
        )

    @property
    def component(self) -> re.Pattern[str]:
        """The expression of a pattern that holds no slash."""
        return self._components[0] if self._components and self._components[0] else re.compile(r".*")

    def matches(self, parts: Sequence[str], folder: bool) -> bool:
        """Whether the path of these components, or a folder that it lies in, is meant."""
        reach = len(parts) - 1 if self.folders_only and not folder else len(parts)
        if self.anywhere:
            return any(self.component.match(part) for part in parts[:reach])
        # `at` holds how many components of the path the pattern so far can have used up.
        at = {0}
        for index, expression in enumerate(self._components, 1):
            if expression is None:  # at the end, `**` means what lies in the folder, not the folder itself
                at = set(range(min(at) + (index == len(self._components)), len(parts) + 1))
            else:
                at = {used + 1 for used in at if used < len(parts) and expression.match(parts[used])}
            if not at:
                return False
        return any(0 < used <= reach for used in at)


class Globs:
    """Several patterns, matched in order. Paths are POSIX and relative to the root."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(_Pattern(text) for text in patterns if text.strip("/!"))
        # Nothing is taken back in nearly every list. Then the order is nothing either, and the patterns without a
        # slash are one expression, asked once for each folder: 25,000 paths, 15 patterns, 0.02 s instead of 0.6 s.
        self._ordered = any(pattern.taken_back for pattern in self._patterns)
        anywhere = [pattern for pattern in self._patterns if pattern.anywhere]
        self._anchored = tuple(pattern for pattern in self._patterns if not pattern.anywhere)
        self._folder = _either(anywhere)
        self._file = _either([pattern for pattern in anywhere if not pattern.folders_only])
        self._folders: dict[str, bool] = {"": False}

    def match(self, path: str, *, folder: bool = False) -> bool:
        """Whether `path` is meant; `folder` says that it is a folder itself."""
        if not self._ordered:
            return self._match_any(path, folder)
        parts = path.split("/")
        verdict = False
        for pattern in self._patterns:
            if verdict == pattern.taken_back and pattern.matches(parts, folder):
                verdict = not pattern.taken_back
        return verdict

    def _match_any(self, path: str, folder: bool) -> bool:
        above, _, name = path.rpartition("/")
        if self._in_folder(path if folder else above) or (not folder and self._file.match(name)):
            return True
        if not self._anchored:
            return False
        parts = path.split("/")
        return any(pattern.matches(parts, folder) for pattern in self._anchored)

    def _in_folder(self, folder: str) -> bool:
        """Whether a pattern without a slash matches a folder, or one that it lies in."""
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = any(self._folder.match(part) for part in folder.split("/"))
        return known


def _either(patterns: Sequence[_Pattern]) -> re.Pattern[str]:
    """One expression for several patterns of one component; one that never matches for none."""
    return re.compile("|".join(f"(?:{pattern.component.pattern})" for pattern in patterns) or r"(?!)")


@functools.lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> Globs:
    """The compiled form of patterns, made once."""
    return Globs(patterns)


def rebased(pattern: str, folder: str) -> str:
    """A pattern that was written in `folder` (relative to the root, "" for the root), as seen from the root."""
    if not folder:
        return pattern
    mark, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    body = body.removeprefix("./")
    inner = body if "/" in body.rstrip("/") else f"**/{body}"
    return f"{mark}{folder}/{inner.lstrip('/')}"

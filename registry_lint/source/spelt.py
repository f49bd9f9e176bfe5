"""Paths as the folders have them: where case or composition makes no difference, people write `Src/` for `src/`."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Folders:
    """The names in folders of one project, each folder looked into once."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._names: dict[str, frozenset[str]] = {}

    def relative(self, path: Path | str) -> str:
        """An existing path inside the root, relative to it, POSIX; "" is the root."""
        relative = os.path.relpath(os.path.realpath(path), self._root).replace(os.sep, "/")
        return "" if relative == "." else self.spelt(relative)

    def spelt(self, relative: str) -> str:
        """A path relative to the root as the folders have it; what is not there stays as it was written."""
        spelt = ""
        for part in relative.split("/"):
            names = self._names_in(spelt)
            if part not in names:
                alike = [name for name in names if folded(name) == folded(part)]
                part = alike[0] if len(alike) == 1 else part
            spelt = f"{spelt}/{part}" if spelt else part
        return spelt

    def _names_in(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(os.path.join(self._root, folder)))  # noqa: PTH118, PTH208
            except OSError:  # one that may be entered and not read
                self._names[folder] = frozenset()
        return self._names[folder]


def folded(name: str) -> str:
    """The same for all names that such a file system takes for one."""
    return unicodedata.normalize("NFC", name).casefold()

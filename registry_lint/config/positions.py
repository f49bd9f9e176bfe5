"""Where everything stands in a TOML text: neither tomllib nor tomlkit tells.

The text has passed tomllib before, so this scanner may trust its form; it looks at keys, strings and brackets
only. Rows and columns count from 1, columns in characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t]|\r?\n|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")  # a date and its time may have a space between them
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*+"?|\'[^\'\n]*+\'?')
_LONG_KEY = re.compile(r"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){100}")


def is_bounded(text: str) -> bool:
    """Whether no key has more than a hundred parts: tomllib takes time that grows with their number's square."""
    return _LONG_KEY.search(_QUOTED.sub("q", text)) is None


class Place(NamedTuple):
    """Where a key or an element begins and ends."""

    row: int
    column: int
    end_column: int


def places(text: str) -> dict[KeyPath, Place]:
    """Every key, element of an array and table header of a TOML text by its path: `("registries", 0, "class")`."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(end.end() for end in re.finditer("\n", text))]  # of rows
        self._lengths: dict[KeyPath, int] = {}  # of arrays of tables
        self.found: dict[KeyPath, Place] = {}

    def document(self) -> None:
        """Read all of it."""
        table: KeyPath = ()
        self._skip(_SPACE)
        while self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._header(2)
            elif self._text[self._at] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            self._skip(_SPACE)

    def _header(self, brackets: int) -> KeyPath:
        start = self._at
        self._at += brackets
        keys = self._key()
        self._at += brackets
        path: KeyPath = ()
        for part, _, _ in keys[:-1]:
            path = self._current((*path, part))
        path = (*path, keys[-1][0])
        if brackets == 2:
            number = self._lengths.get(path, 0)
            self._lengths[path] = number + 1
            self.found.setdefault(path, self._place(start, self._at))
            path = (*path, number)
        else:
            path = self._current(path)
        self.found[path] = self._place(start, self._at)
        for depth in range(1, len(path)):
            self.found.setdefault(path[:depth], self.found[path])
        return path

    def _current(self, path: KeyPath) -> KeyPath:
        """The path itself, or that of its last element where it is an array of tables."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _pair(self, table: KeyPath) -> None:
        path = table
        for part, start, end in self._key():
            path = (*path, part)
            self.found.setdefault(path, self._place(start, end))
        self._at += 1  # =
        self._value(path)

    def _key(self) -> list[tuple[str, int, int]]:
        """A dotted key, up to what follows it: each part with where it begins and ends."""
        parts = []
        while True:
            self._skip(_BLANK)
            start = self._at
            text = self._string()[1:-1] if self._text[start] in "\"'" else self._skip(_BARE_KEY)
            parts.append((text, start, self._at))
            self._skip(_BLANK)
            if self._at >= len(self._text) or self._text[self._at] != ".":
                return parts
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        first = self._text[self._at]
        if first == "[":
            self._at += 1
            index = 0
            while self._enters("]"):
                start = self._at
                self._value((*path, index))
                self.found[*path, index] = self._place(start, self._at)
                index += 1
        elif first == "{":
            self._at += 1
            while self._enters("}"):
                self._pair(path)
        elif first in "\"'":
            self._string()
        else:
            self._skip(_SCALAR)

    def _enters(self, closing: str) -> bool:
        """Skip to the next member of an array or inline table; False (and past its end) where there is none."""
        self._skip(_SPACE)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_SPACE)
        if self._text[self._at] == closing:
            self._at += 1
            return False
        return True

    def _string(self) -> str:
        for form in _STRINGS:
            if match := form.match(self._text, self._at):
                self._at = match.end()
                return match[0]
        raise ValueError("no string")  # tomllib would have refused it

    def _skip(self, what: re.Pattern[str]) -> str:
        match = what.match(self._text, self._at)
        if match is None:
            raise ValueError("no TOML")  # tomllib would have refused it
        self._at = match.end()
        return match[0]

    def _place(self, start: int, end: int) -> Place:
        row = bisect_right(self._starts, start)
        line_start = self._starts[row - 1]
        line_end = self._starts[row] - 1 if row < len(self._starts) else len(self._text)
        return Place(row, start - line_start + 1, min(end, line_end) - line_start + 1)

"""Text of unknown origin, shown harmlessly.

Source code, file names and messages may hold terminal escapes, bidirectional overrides, invisible characters,
bytes that are no UTF-8, or commands that a CI runner obeys when it reads its log. All of them are shown as
`<U+001B>`: in ASCII, so that every terminal can say it, and in one form, so that it is known when seen.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TAB = 4  # cells between tab stops in a code frame

# Runners look for `##[command]`, `##vso[…]`, `##teamcity[…]` anywhere in a line (GitHub's ActionCommand.TryParse,
# Azure, TeamCity) and for `::command::` at its start, blanks skipped (GitHub's TryParseV2).
_MARKED = re.compile(r"#(?=#[\w.-]*\[)")
_COLONS = re.compile(r"(\s*):(?=:)")


class Cell(NamedTuple):
    """One character of the source as it is shown, and the terminal cells that it takes."""

    shown: str
    width: int


def escape(character: str) -> str:
    """`<U+001B>`: the one form in which what must not be printed is named."""
    return f"<U+{ord(character):04X}>"


def visible(text: str) -> str:
    """The text on one line, every character that does not print named instead (tabs and line ends too)."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else escape(character) for character in text)
    return _MARKED.sub(escape("#"), text) if "##" in text else text


def guarded(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a report for people; none is a command to the runner in whose log it stands."""
    for line in lines:
        yield _COLONS.sub(rf"\1{escape(':')}", line, count=1) if _COLONS.match(line) else line


def cell_width(character: str) -> int:
    """Terminal cells of a printable character: 2 for East Asian wide ones, 0 for combining marks."""
    if character.isascii():
        return 1
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me") else 1


def width_of(text: str) -> int:
    """Terminal cells that a printable text takes."""
    return len(text) if text.isascii() else sum(map(cell_width, text))


def cells(line: str) -> list[Cell]:
    """A line of source, character by character, tabs as blanks up to the next tab stop."""
    shown: list[Cell] = []
    at = 0
    marks = {match.start() for match in _MARKED.finditer(line)} if "##" in line else ()
    for index, character in enumerate(line):
        if character == "\t":
            cell = Cell(" " * (width := TAB - at % TAB), width)
        elif not character.isprintable() or index in marks:
            cell = Cell(name := escape(character), len(name))
        else:
            cell = Cell(character, cell_width(character))
        shown.append(cell)
        at += cell.width
    return shown


def wrapped(text: str, width: int | None, first: int, rest: int) -> list[str]:
    """Words of a printable text in lines of at most `width` cells; `first` and `rest` are what stands before each.

    A word that is longer than a line stays whole: a path or a dotted name must survive copying. The first line is
    empty where not one word fits into it and the next has more room.
    """
    if width is None or first + width_of(text) <= width:
        return [text]
    lines: list[str] = []
    line, used = "", first
    for word in text.split(" "):
        size = width_of(word)
        full = used + 1 + size > width if line else used + size > width and not lines and rest < first
        if full:
            lines.append(line)
            line, used = word, rest + size
        else:
            line, used = (f"{line} {word}", used + 1 + size) if line else (word, used + size)
    lines.append(line)
    return lines

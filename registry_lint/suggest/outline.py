"""A source without the bodies of functions that nobody asks about: it is parsed in a third of the time.

In the place of a body stands a pair of parentheses that begins and ends where it does, so that everything else stands
on its row and column, and a function ends where it ended. What a body does to names outside of it is in an `import`
(imports are asked for wherever they stand) or behind a `global`: bodies with such a word stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

# A decorator may stand above it, and begin the body.
_DEFINITION = re.compile(r"(?:def|async|class)\b")
_SEEN_OUTSIDE = ("import", "global")


class Suite(NamedTuple):
    """Where the statements of a function's body stand: rows and columns from 1, in characters, the end exclusive.

    Decorators of its first statement are no part of it, as in `ast`.
    """

    row: int
    column: int
    end_row: int
    end_column: int


class Outline(NamedTuple):
    """A source without some bodies, and the rows in which those began."""

    source: str
    rows: frozenset[int]


def outline(source: str, starts: list[int], bodies: Iterable[Suite]) -> Outline:
    """Leave out bodies of a source whose line ends are LF; `starts` are the offsets of its rows.

    A body that does not stand on rows of its own stays, as does one that the source cannot have.
    """
    pieces: list[str] = []
    rows: set[int] = set()
    at = last = 0  # offset and row up to which the source is done
    for body in sorted(bodies):
        if not last < body.row < body.end_row < len(starts):
            continue
        begin, end = starts[body.row - 1] + body.column - 1, starts[body.end_row - 1] + body.end_column - 1
        blank = source[starts[body.row - 1] : begin]
        if not blank or blank.strip(" \t") or _DEFINITION.match(source, begin):
            continue
        if any(source.find(word, begin, end) >= 0 for word in _SEEN_OUTSIDE):
            continue
        # `ast` counts bytes.
        width = len(source[starts[body.end_row - 1] : end].encode("utf-8", "surrogatepass"))
        pieces += (source[at:begin], "(0", "\n" * (body.end_row - body.row), " " * (width - 1), ")")
        rows.add(body.row)
        last, at = body.end_row, starts[body.end_row] - 1
    return Outline("".join((*pieces, source[at:])), frozenset(rows))

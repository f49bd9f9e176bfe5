"""What a fix would change, as a small unified diff made from its edits, not from comparing whole files."""

from __future__ import annotations

import difflib
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from registry_lint.source.text import lines as lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.findings import Edit, Fix
    from registry_lint.report.sources import Sources

_CONTEXT = 2


class DiffLine(NamedTuple):
    """One line of a diff: `kind` says what it is, `text` is without the leading mark and not yet escaped."""

    kind: Literal["file", "hunk", "same", "removed", "added"]
    text: str


def difference(fix: Fix, sources: Sources) -> Iterator[DiffLine]:
    """The diff of all files that the fix touches; nothing for files that cannot be read."""
    edits = sorted(fix.edits, key=lambda edit: edit.span)
    for path, ours in groupby(edits, key=lambda edit: edit.span.path):
        rows = sources.lines(path)
        if rows:
            yield DiffLine("file", path)
            yield from _hunks(rows, list(ours))


def _hunks(rows: Sequence[str], edits: list[Edit]) -> Iterator[DiffLine]:
    shift = 0
    for group in _neighbours(edits):
        first = max(min(group[0].span.row, len(rows)) - _CONTEXT, 1)
        last = min(max(edit.span.end_row for edit in group) + _CONTEXT, len(rows))
        old = list(rows[first - 1 : last])
        new = _edited(old, group, first)
        if last == len(rows):  # what follows the last line end is a line only where it holds something
            old, new = (part[:-1] if part and not part[-1] else part for part in (old, new))
        yield DiffLine("hunk", f"@@ -{first},{len(old)} +{first + shift},{len(new)} @@")
        shift += len(new) - len(old)
        # Line by line; difflib.ndiff also compares within lines, which takes cubic time.
        for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                yield from (DiffLine("same", line) for line in old[a:b])
            else:
                yield from (DiffLine("removed", line) for line in old[a:b])
                yield from (DiffLine("added", line) for line in new[c:d])


def _neighbours(edits: list[Edit]) -> Iterator[list[Edit]]:
    """Edits whose contexts touch, together."""
    group: list[Edit] = []
    for edit in edits:
        if group and edit.span.row - max(before.span.end_row for before in group) > 2 * _CONTEXT:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _edited(old: list[str], edits: list[Edit], first: int) -> list[str]:
    """The lines after the edits; an edit that overlaps the one before it is left out, as the fixer does."""
    pieces: list[str] = []
    at = (0, 0)
    for edit in edits:
        span = edit.span
        start = _place(old, span.row - first, span.column - 1)
        end = max(_place(old, span.end_row - first, span.end_column - 1), start)
        if start < at:
            continue
        pieces += [_between(old, at, start), edit.content]
        at = end
    pieces.append(_between(old, at, (len(old) - 1, len(old[-1]))))
    return lines_of("".join(pieces))


def _place(old: list[str], row: int, column: int) -> tuple[int, int]:
    if row >= len(old):
        return len(old) - 1, len(old[-1])
    row = max(row, 0)
    return row, min(max(column, 0), len(old[row]))


def _between(old: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return old[start[0]][start[1] : end[1]]
    return "\n".join([old[start[0]][start[1] :], *old[start[0] + 1 : end[0]], old[end[0]][: end[1]]])

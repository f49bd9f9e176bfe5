"""Code frames: the lines of a span with their numbers, and marks under what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.report.visible import Cell, cells, width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.report.paint import Paint, Role
    from registry_lint.report.sources import Sources

_ROWS = 5  # a longer span is shown by its first and last lines
_UNBOUNDED = 240  # cells of a line where no width is given: a 10 MB line must not become a 10 MB frame
_CUT = "..."


class Frame(NamedTuple):
    """How frames look: `gutter` is the width of the widest row number of all frames that stand together."""

    sources: Sources
    paint: Paint
    gutter: int
    width: int | None
    indent: str = ""


def frame(look: Frame, span: Span, role: Role, mark: str, label: str = "") -> Iterator[str]:
    """The lines of one frame, without a blank line around; nothing where the source cannot be read.

    `label` (printable) stands after the marks, or below them where it does not fit.
    """
    lines = list(_rows(look, span))
    if not lines:
        return
    for place, (row, start, end) in enumerate(lines):
        if row is None:
            yield look.indent + look.paint("gutter", _CUT)
            continue
        shown, before, under = _window(look, look.sources.line(span.path, row) or "", start, end)
        yield _gutter(look, str(row), shown)
        marks = " " * before + look.paint(role, mark * under)
        if place < len(lines) - 1 or not label:
            yield _gutter(look, "", marks)
        else:
            yield from _labelled(look, marks, before + under + 1, role, label)


def gutter_width(spans: list[Span]) -> int:
    """Cells that the row numbers of these spans need."""
    return max((len(str(max(span.row, span.end_row))) for span in spans), default=1)


def _labelled(look: Frame, marks: str, column: int, role: Role, label: str) -> Iterator[str]:
    room = _room(look)
    if column + width_of(label) <= room:
        yield _gutter(look, "", f"{marks} {look.paint(role, label)}")
        return
    yield _gutter(look, "", marks)
    indent = min(column // 2, 4)
    for line in wrapped(label, room if look.width else None, indent, indent):
        yield _gutter(look, "", " " * indent + look.paint(role, line))


def _rows(look: Frame, span: Span) -> Iterator[tuple[int | None, int, int]]:
    """Row, first and end column (from 0) of what is meant in each line; row None where lines are left out."""
    last = max(span.end_row, span.row)
    if last > span.row and span.end_column <= 1:
        last -= 1  # the end is exclusive: nothing of that row is meant
    rows = range(span.row, last + 1)
    shown = list(rows) if len(rows) <= _ROWS else [*rows[: _ROWS - 2], None, rows[-1]]
    for row in shown:
        if row is None:
            yield None, 0, 0
            continue
        line = look.sources.line(span.path, row)
        if line is None:
            return
        start = span.column - 1 if row == span.row else len(line) - len(line.lstrip())
        end = span.end_column - 1 if row == span.end_row else len(line.rstrip())
        start = min(max(start, 0), len(line))
        yield row, start, max(min(end, len(line)), start)


def _room(look: Frame) -> int:
    """Cells for a line of source."""
    return max((look.width or _UNBOUNDED) - len(look.indent) - look.gutter - 3, 20)


def _window(look: Frame, line: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of the line that fits, the cells before what is meant, and the cells of it (at least 1)."""
    room = _room(look)
    # Look at no more characters than can matter, then measure.
    first = max(start - room, 0)
    shown = cells(line[first : max(end, start + 1) if end - start <= room else start + room][: 2 * room])
    shown += cells(line[first + len(shown) : first + len(shown) + room])
    start, end = start - first, min(end - first, len(shown))
    cut_left, cut_right = first > 0, first + len(shown) < len(line)
    left = 0
    if cut_left or cut_right or _width(shown) > room:
        left = _left_edge(shown, start, end, room - 2 * len(_CUT))
        right = left
        used = 0
        while right < len(shown) and used + shown[right].width <= room - 2 * len(_CUT):
            used += shown[right].width
            right += 1
        cut_left, cut_right = cut_left or left > 0, cut_right or right < len(shown)
        shown, start, end = shown[left:right], start - left, min(end, right) - left
    text = "".join(cell.shown for cell in shown)
    before = _width(shown[:start]) + (len(_CUT) if cut_left else 0)
    text = f"{_CUT if cut_left else ''}{text}{_CUT if cut_right else ''}"
    return text.rstrip(), before, max(_width(shown[start:end]), 1)


def _left_edge(shown: list[Cell], start: int, end: int, room: int) -> int:
    """Where to begin, so that what is meant is seen whole if it can be, with some of what stands before it."""
    if _width(shown[:end]) <= room:
        return 0
    indent = next((place for place, cell in enumerate(shown) if cell.shown.strip()), 0)
    if indent <= start and _width(shown[indent:]) <= room:
        return indent  # blanks tell least
    spare = max(room - _width(shown[start:end]), 0)
    left, used = start, 0
    while left > 0 and used + shown[left - 1].width <= min(spare, room // 2):
        left -= 1
        used += shown[left].width
    return left


def _width(shown: list[Cell]) -> int:
    return sum(cell.width for cell in shown)


def _gutter(look: Frame, number: str, text: str) -> str:
    bar = look.paint("gutter", f"{number:>{look.gutter}} |")
    return f"{look.indent}{bar} {text}".rstrip() if text else f"{look.indent}{bar}"

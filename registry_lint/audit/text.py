"""`text`: tables that fit the terminal. Without a terminal no line is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.audit.tables import headline, percent, tables
from registry_lint.report.paint import Paint
from registry_lint.report.visible import cells, guarded, visible, width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.audit.cells import Table
    from registry_lint.audit.presentation import Presentation
    from registry_lint.audit.records import Limits, Report

_GAP = "  "
_INDENT = "    "
_READABLE = 26  # cells that every column keeps as long as there is room for it
_NARROWEST = 12  # that one which gives way keeps, as long as others need not give way as well
_LEAST = 6
_ROWS = 20  # of a table, unless all are asked for


def written(report: Report, presentation: Presentation) -> Iterator[str]:
    """The whole report."""
    yield from guarded(_lines(report, presentation))


def _lines(report: Report, presentation: Presentation) -> Iterator[str]:
    paint = Paint(presentation.colour)
    title = f"{visible(report.project)}{f' at {report.revision[:12]}' if report.revision else ''}"
    files = f"{report.files:,} production files, {report.test_files:,} test files"
    yield f"{paint('strong', title)}  {paint('faint', files)}"
    yield from _folded(headline(report), presentation.width, "")
    score = percent(report.score.kept, report.score.sites)
    yield f"{paint('strong', score)} of {report.score.sites:,} sites keep their contract."
    for table in tables(report):
        yield ""
        yield from _table(table, presentation, paint)
    yield ""
    yield from _limits(report.limits, presentation.width, paint)


def _table(table: Table, presentation: Presentation, paint: Paint) -> Iterator[str]:
    count = f" ({len(table.rows):,})" if len(table.rows) > 1 else ""
    yield paint("strong", f"{visible(table.title)}{count}")
    yield from _folded(visible(table.sentence), presentation.width, "") if table.sentence else ()
    shown = table.rows if presentation.everything else table.rows[:_ROWS]
    rows = [[visible(cell.text) for cell in row] for row in shown]
    columns = list(table.columns)
    numbers = [bool(shown) and all(row[index].number for row in shown) for index in range(len(columns))]
    spare, below = list(table.spare), [""] * len(rows)
    if table.below is not None and _is_too_wide(_natural(columns, rows), presentation.width):
        below = [f"{columns[table.below]}: {row.pop(table.below)}" for row in rows]
        del columns[table.below], numbers[table.below]
        spare = [index - (index > table.below) for index in spare]
    widths = _widths(columns, rows, spare, presentation.width)
    if any(columns):
        yield paint("faint", _line(columns, widths, numbers))
    for row, text in zip(rows, below, strict=True):
        yield _line(row, widths, numbers)
        if text and presentation.width is not None:
            for line in wrapped(text, presentation.width, len(_INDENT), len(_INDENT)):
                yield f"{_INDENT}{paint('faint', _fitted(line, presentation.width - len(_INDENT)))}"
    if len(shown) < len(table.rows):
        yield paint("faint", f"… and {len(table.rows) - len(shown):,} more; --all shows them")


def _natural(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Cells that the longest text of each column takes."""
    return [max(map(width_of, [columns[index], *(row[index] for row in rows)])) for index in range(len(columns))]


def _is_too_wide(widths: Sequence[int], width: int | None) -> bool:
    return width is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > width


def _widths(
    columns: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[int], width: int | None
) -> list[int]:
    """Cells of each column: what its longest text takes, less where the lines would be too long for that."""
    widths = _natural(columns, rows)
    if width is None:
        return widths
    everyone = range(len(widths))
    for giving, floor in ((spare, _READABLE), (everyone, _READABLE), (spare, _NARROWEST), (everyone, _LEAST)):
        over = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        while over > 0 and (wide := [index for index in giving if widths[index] > floor]):
            widest = max(wide, key=lambda index: widths[index])
            others = [widths[index] for index in wide if index != widest]
            cut = min(over, max(widths[widest] - max([floor, *others]), 1))
            widths[widest] -= cut
            over -= cut
    return widths


def _line(texts: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    parts = []
    for text, width, is_number in zip(texts, widths, numbers, strict=True):
        fitted = _fitted(text, width)
        blanks = " " * (width - width_of(fitted))
        parts.append(blanks + fitted if is_number else fitted + blanks)
    return _GAP.join(parts).rstrip()


def _fitted(text: str, width: int) -> str:
    """A text in so many cells; of a path the end stays, since that is where it differs from the others."""
    if width_of(text) <= width:
        return text
    kind, blank, path = text.partition(" ")
    if blank and "/" in path and "/" not in kind and " " not in path and width > width_of(kind) + 8:
        return f"{kind} {_fitted(path, width - width_of(kind) - 1)}"
    if "/" in text and " " not in text:
        kept, used = "", 1
        for cell in reversed(cells(text)):
            if used + cell.width > width:
                break
            kept, used = cell.shown + kept, used + cell.width
        return f"…{kept}"
    kept, used = "", 1
    for cell in cells(text):
        if used + cell.width > width:
            break
        kept, used = kept + cell.shown, used + cell.width
    return f"{kept}…"


def _folded(text: str, width: int | None, indent: str) -> Iterator[str]:
    for line in wrapped(text, width, len(indent), len(indent)):
        yield f"{indent}{line}"


def _limits(limits: Limits, width: int | None, paint: Paint) -> Iterator[str]:
    yield paint("strong", "What was not seen")
    said = (
        f"Of {limits.calls:,} calls between entry points and registries, "
        f"{limits.unresolved_calls:,} that may lead on could not be resolved: their ways are missing here."
    )
    yield from _folded(said, width, "")
    if limits.cut_short:
        names = ", ".join(map(visible, limits.cut_short))
        yield from _folded(f"Called too often to be followed backward: {names}.", width, "")
    for bound in limits.bounds:
        yield from _folded(f"A bound was met: {visible(bound)}.", width, "")
    for one in limits.unexamined:
        yield from _folded(f"Not examined: {visible(one)}.", width, "")

"""`markdown`: the tables for an issue or a wiki, and the map as a Mermaid diagram where it is small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.audit.diagrams import mermaid
from registry_lint.audit.graph import graph
from registry_lint.audit.tables import headline, percent, tables
from registry_lint.report.markdown import code, escaped
from registry_lint.report.visible import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.cells import Cell, Table
    from registry_lint.audit.presentation import Presentation
    from registry_lint.audit.records import Report

_ROWS = 20  # of a table, unless all are asked for: an issue on GitHub holds 65,536 characters
_MOST_ARROWS = 60  # of a map that a person can still read where nothing can be moved or hidden


def written(report: Report, presentation: Presentation) -> Iterator[str]:
    """The whole report."""
    yield from guarded(_lines(report, presentation))


def _lines(report: Report, presentation: Presentation) -> Iterator[str]:
    at = f" at {code(report.revision[:12])}" if report.revision else ""
    yield f"## Registries of {escaped(report.project)}{at}"
    yield ""
    score = percent(report.score.kept, report.score.sites)
    yield f"**{score}** of {report.score.sites:,} sites keep their contract. {escaped(headline(report))}"
    for table in tables(report):
        yield ""
        yield from _table(table, presentation)
    if 0 < len(graph(report).edges) <= _MOST_ARROWS:
        yield ""
        yield "### Map"
        yield ""
        yield "```mermaid"
        yield from mermaid(report, presentation)
        yield "```"
    yield ""
    yield "### What was not seen"
    yield ""
    limits = report.limits
    yield (
        f"- Of {limits.calls:,} calls between entry points and registries, "
        f"{limits.unresolved_calls:,} that may lead on could not be resolved."
    )
    for said in (*limits.cut_short, *limits.bounds, *limits.unexamined):
        yield f"- {escaped(said)}"


def _table(table: Table, presentation: Presentation) -> Iterator[str]:
    count = f" ({len(table.rows):,})" if len(table.rows) > 1 else ""
    yield f"### {escaped(table.title)}{count}"
    yield ""
    if table.sentence:
        yield escaped(table.sentence)
        yield ""
    if not table.rows:
        return
    shown = table.rows if presentation.everything else table.rows[:_ROWS]
    yield f"| {' | '.join(escaped(column) for column in table.columns)} |"
    yield f"|{'|'.join(' ---: ' if cell.number else ' --- ' for cell in table.rows[0])}|"
    for row in shown:
        yield f"| {' | '.join(_cell(cell, presentation) for cell in row)} |"
    if len(shown) < len(table.rows):
        yield ""
        yield f"… and {len(table.rows) - len(shown):,} more."


def _cell(cell: Cell, presentation: Presentation) -> str:
    if cell.place is None:
        return escaped(cell.text)
    url = presentation.link(cell.place)
    linked = url and url.isascii() and url.isprintable() and not set(url) & set(' <>()|"`\\')
    return f"[{escaped(cell.text)}]({url})" if linked else code(cell.text)

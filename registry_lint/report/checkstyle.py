"""Checkstyle XML, as many code review tools read it. What was not examined is an `info` of the file that it is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.report.xml_text import DECLARATION, start_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Outcome
    from registry_lint.report.presentation import Presentation


class _Entry(NamedTuple):
    path: str
    line: int
    column: int
    severity: str
    message: str
    source: str


def checkstyle(outcome: Outcome, _presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    yield DECLARATION
    yield '<checkstyle version="8.0">'
    for path, entries in groupby(sorted(_entries(outcome)), key=lambda entry: entry.path):
        yield f"  {start_tag('file', {'name': path})}"
        for entry in entries:
            attributes: dict[str, str | int] = {
                "line": max(entry.line, 1),
                "column": max(entry.column, 1),
                "severity": entry.severity,
                "message": entry.message,
                "source": f"registry-lint.{entry.source}",
            }
            yield f"    {start_tag('error', attributes, '/>')}"
        yield "  </file>"
    yield "</checkstyle>"


def _entries(outcome: Outcome) -> Iterator[_Entry]:
    for finding in outcome.findings:
        span = finding.span
        yield _Entry(span.path, span.row, span.column, finding.severity, finding.message, finding.code)
    for path, reason in outcome.unexamined:
        yield _Entry(path, 1, 1, "info", f"not examined: {reason}", "not-examined")
    for bound in outcome.bounds:
        yield _Entry(".", 1, 1, "info", f"analysis was cut short: {bound}", "bound-met")

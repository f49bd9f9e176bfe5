"""One line a finding, `path:row:col: CODE message`: for editors, grep and diff. Never wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.report.paint import Paint
from registry_lint.report.presentation import Presentation, is_fixable
from registry_lint.report.summary import footer
from registry_lint.report.visible import guarded, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Finding, Outcome


def concise(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    yield from guarded(_lines(outcome, presentation))


def concise_line(finding: Finding, presentation: Presentation) -> str:
    """One finding on one line. Unlike a whole report's lines it is not yet guarded against CI runners."""
    paint = Paint.of(presentation)
    span = finding.span
    mark = "[*] " if is_fixable(finding, presentation) else ""
    path, code = paint("strong", visible(span.path)), paint(finding.severity, visible(finding.code))
    return f"{path}:{span.row}:{span.column}: {code} {mark}{visible(finding.message)}"


def _lines(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    for finding in outcome.findings:
        yield concise_line(finding, presentation)
    if presentation.footer:
        yield from footer(outcome, presentation)

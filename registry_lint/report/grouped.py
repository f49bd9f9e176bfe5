"""Findings under the file that they are in, in columns."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from registry_lint.report.paint import Paint
from registry_lint.report.presentation import is_fixable
from registry_lint.report.summary import footer
from registry_lint.report.visible import guarded, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Finding, Outcome
    from registry_lint.report.presentation import Presentation


def grouped(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    yield from guarded(_lines(outcome, presentation))


def _lines(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    paint = Paint.of(presentation)
    for path, findings in groupby(outcome.findings, key=lambda finding: finding.span.path):
        yield f"{paint('strong', visible(path))}:"
        yield from _file(list(findings), presentation)
        yield ""
    if presentation.footer:
        yield from footer(outcome, presentation, presentation.width)


def _file(findings: list[Finding], presentation: Presentation) -> Iterator[str]:
    paint = Paint.of(presentation)
    urls = {card.code: card.url for card in presentation.rules}
    rows = max(len(str(finding.span.row)) for finding in findings)
    columns = max(len(str(finding.span.column)) for finding in findings)
    codes = max(len(visible(finding.code)) for finding in findings)
    marked = any(is_fixable(finding, presentation) for finding in findings)
    for finding in findings:
        code = visible(finding.code)
        mark = ("[*] " if is_fixable(finding, presentation) else "    ") if marked else ""
        place = f"{finding.span.row:>{rows}}:{finding.span.column:<{columns}}"
        before = 2 + rows + 1 + columns + 2 + codes + 1 + len(mark)
        first, *rest = wrapped(visible(finding.message), presentation.width, before, before)
        painted = paint.link(paint(finding.severity, code), urls.get(finding.code, "")) + " " * (codes - len(code))
        yield f"  {paint('gutter', place)}  {painted} {paint('help', mark)}{first}"
        for line in rest:
            yield " " * before + line

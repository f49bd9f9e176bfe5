"""`--statistics`: how often each rule found something, as a table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from registry_lint.report.paint import Paint
from registry_lint.report.summary import SEVERITIES, footer
from registry_lint.report.visible import guarded, visible, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Outcome, Severity
    from registry_lint.report.presentation import Presentation

_HEAD = ("count", "code", "rule", "severity", "fixable")


def statistics(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the table, the most frequent rule first, and the closing summary."""
    yield from guarded(_lines(outcome, presentation))


def _lines(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    paint = Paint.of(presentation)
    rules = Counter((finding.code, finding.name, finding.severity) for finding in outcome.findings)
    safe = _fixes(outcome, "safe")
    unsafe = _fixes(outcome, "unsafe")
    rows: list[tuple[str, ...]] = []
    severities: list[Severity] = []
    for key, count in sorted(rules.items(), key=lambda item: (-item[1], item[0][0], SEVERITIES.index(item[0][2]))):
        code, name, severity = key
        fixable = [f"{fixes[key]} {word}" for fixes, word in ((safe, "safe"), (unsafe, "unsafe")) if fixes[key]]
        rows.append((str(count), visible(code), visible(name), severity, ", ".join(fixable) or "-"))
        severities.append(severity)
    if rows:
        widths = [max(map(width_of, column)) for column in zip(_HEAD, *rows, strict=True)]
        yield paint("strong", _row(_HEAD, widths))
        for row, severity in zip(rows, severities, strict=True):
            yield paint(severity, _row(row, widths)) if severity == "error" else _row(row, widths)
        yield ""
    if presentation.footer:
        yield from footer(outcome, presentation, presentation.width)


def _fixes(outcome: Outcome, applicability: str) -> Counter[tuple[str, str, Severity]]:
    return Counter(
        (finding.code, finding.name, finding.severity)
        for finding in outcome.findings
        if finding.fix and finding.fix.edits and finding.fix.applicability == applicability
    )


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    count, *rest = (f"{text}{' ' * (width - width_of(text))}" for text, width in zip(row, widths, strict=True))
    return "  ".join([f"{count.strip():>{widths[0]}}", *rest]).rstrip()

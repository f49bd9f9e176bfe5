"""`--statistics`: how often each rule found something, as a table or as JSON; the most frequent first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.report.json_records import json_text
from registry_lint.report.paint import Paint
from registry_lint.report.summary import SEVERITIES, footer
from registry_lint.report.visible import guarded, visible, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Outcome, Severity
    from registry_lint.report.presentation import Presentation

_HEAD = ("count", "code", "rule", "severity", "fixable")


class _Tally(NamedTuple):
    """One rule at one severity, and how many of its findings each kind of fix mends."""

    code: str
    name: str
    severity: Severity
    found: int
    safe: int
    unsafe: int


def statistics(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of a table for people, and the closing summary."""
    yield from guarded(_table(outcome, presentation))


def statistics_json(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """A JSON array with an object for each rule and severity, with the keys that Ruff uses and the severity.

    `fixable_count` is what `--fix`, as it was called, would mend.
    """
    records = []
    for tally in _tallies(outcome):
        mended = tally.safe + (tally.unsafe if presentation.unsafe_fixes else 0)
        records.append(
            {
                "code": tally.code,
                "name": tally.name,
                "count": tally.found,
                "fixable": mended > 0,
                "fixable_count": mended,
                "severity": tally.severity,
            }
        )
    yield from json_text(records, indent=2).split("\n")


def _tallies(outcome: Outcome) -> list[_Tally]:
    rules = Counter((finding.code, finding.name, finding.severity) for finding in outcome.findings)
    safe, unsafe = _fixes(outcome, "safe"), _fixes(outcome, "unsafe")
    tallies = [_Tally(*key, count, safe[key], unsafe[key]) for key, count in rules.items()]
    return sorted(tallies, key=lambda tally: (-tally.found, tally.code, SEVERITIES.index(tally.severity)))


def _table(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    paint = Paint.of(presentation)
    tallies = _tallies(outcome)
    rows = [
        (str(tally.found), visible(tally.code), visible(tally.name), tally.severity, _fixable(tally))
        for tally in tallies
    ]
    if rows:
        widths = [max(map(width_of, column)) for column in zip(_HEAD, *rows, strict=True)]
        yield paint("strong", _row(_HEAD, widths))
        for row, tally in zip(rows, tallies, strict=True):
            yield paint("error", _row(row, widths)) if tally.severity == "error" else _row(row, widths)
        if presentation.footer:
            yield ""
    if presentation.footer:
        yield from footer(outcome, presentation, presentation.width)


def _fixable(tally: _Tally) -> str:
    counts = ((tally.safe, "safe"), (tally.unsafe, "unsafe"))
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "-"


def _fixes(outcome: Outcome, applicability: str) -> Counter[tuple[str, str, Severity]]:
    return Counter(
        (finding.code, finding.name, finding.severity)
        for finding in outcome.findings
        if finding.fix and finding.fix.edits and finding.fix.applicability == applicability
    )


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    count, *rest = (f"{text}{' ' * (width - width_of(text))}" for text, width in zip(row, widths, strict=True))
    return "  ".join([f"{count.strip():>{widths[0]}}", *rest]).rstrip()

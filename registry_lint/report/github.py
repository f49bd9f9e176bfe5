"""GitHub annotations: workflow commands on stdout, worst first.

GitHub shows ten annotations of each level a step and drops the rest, so the rest is one notice with its number and
a folded group of plain lines in the log. The table for $GITHUB_STEP_SUMMARY is `markdown.step_summary`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from registry_lint.report.concise import concise_line
from registry_lint.report.markdown import worst_first
from registry_lint.report.summary import SEVERITIES, incompleteness, number
from registry_lint.report.visible import guarded, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Finding, Outcome, Severity
    from registry_lint.report.presentation import Presentation

_SHOWN = 10  # annotations of one level that GitHub shows a step
_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def github(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    room = _room(outcome)
    shown: list[Finding] = []
    rest: list[Finding] = []
    for finding in worst_first(outcome):
        (shown if room[finding.severity] > 0 else rest).append(finding)
        room[finding.severity] -= 1
    for finding in shown:
        yield _annotation(finding, presentation)
    if not outcome.complete:
        title = "registry-lint: not everything was examined"
        yield _command(_COMMANDS[_gap_level(outcome)], [("title", title)], _gaps(outcome))
    if rest:
        levels = Counter(finding.severity for finding in rest)
        said = ", ".join(f"{levels[severity]} {severity}" for severity in SEVERITIES if levels[severity])
        more = f"{number(len(rest), 'more finding')} ({said}) than GitHub shows as annotations; see the step's log"
        yield _command("notice", [("title", "registry-lint")], more)
        yield f"::group::registry-lint: {number(len(rest), 'more finding')}"
        yield from guarded(concise_line(finding, presentation) for finding in rest)
        yield "::endgroup::"


def _room(outcome: Outcome) -> dict[Severity, int]:
    """How many findings of each level are annotated: what we say of the run itself takes places too."""
    levels = Counter(finding.severity for finding in outcome.findings)
    room: dict[Severity, int] = dict.fromkeys(SEVERITIES, _SHOWN)
    if not outcome.complete:
        room[_gap_level(outcome)] -= 1
    if any(levels[severity] > room[severity] for severity in SEVERITIES):
        room["info"] -= 1
    return room


def _gap_level(outcome: Outcome) -> Severity:
    """A file can be mended, and is worth a warning. A bound is met by every run over a large project: nobody can do
    anything about it, and a warning in every pull request is one that nobody reads."""
    return "warning" if outcome.unexamined else "info"


def _annotation(finding: Finding, presentation: Presentation) -> str:
    span = finding.span
    row = max(span.row, 1)
    properties = [
        ("title", f"{finding.code} {finding.name}".rstrip()),
        ("file", f"{presentation.prefix}{span.path}"),
        ("line", str(row)),
        ("endLine", str(max(span.end_row, row))),
        ("col", str(max(span.column, 1))),
    ]
    if span.end_row <= span.row:  # GitHub takes columns within one line only
        properties.append(("endColumn", str(max(span.end_column, span.column, 1))))
    said = [finding.message]
    said += [
        f"{place}. {step.span.path}:{step.span.row}: {step.message}" for place, step in enumerate(finding.trace, 1)
    ]
    if finding.help:
        said.append(f"help: {finding.help}")
    return _command(_COMMANDS[finding.severity], properties, *said)


def _gaps(outcome: Outcome) -> str:
    gaps = [f"{path}: {reason}" for path, reason in outcome.unexamined] + list(outcome.bounds)
    more = f", and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
    return f"{incompleteness(outcome)}: {'; '.join(gaps[:_SHOWN])}{more}"


def _command(name: str, properties: list[tuple[str, str]], *lines: str) -> str:
    """`::error title=…,file=…::…`. Nothing in a value ends it: see GitHub's own actions/toolkit, command.ts."""
    said = ",".join(f"{key}={_data(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in properties)
    return f"::{name} {said}::{'%0A'.join(map(_data, lines))}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")  # nothing that is visible is a line end

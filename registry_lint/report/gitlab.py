"""GitLab code quality: one object a finding. Equal fingerprints collapse there, so an ordinal goes in.

What could not be examined is in the list as `info` under the check names `not-examined` and `bound-met`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, TypedDict

from registry_lint.report.json_records import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Outcome, Severity
    from registry_lint.report.presentation import Presentation

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor", "info": "info"}


class Lines(TypedDict):
    """First and last row."""

    begin: int
    end: int


class Location(TypedDict):
    """`path` is relative to the repository's root."""

    path: str
    lines: Lines


class Issue(TypedDict):
    """One degradation, as GitLab calls it."""

    description: str
    check_name: str
    fingerprint: str
    severity: str
    location: Location


def gitlab(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report: one JSON array."""
    return iter(json_text(_issues(outcome, presentation), indent=2).split("\n"))


def _issues(outcome: Outcome, presentation: Presentation) -> list[Issue]:
    seen: Counter[tuple[str, ...]] = Counter()

    def issue(check: str, said: str, severity: str, place: tuple[str, int, int], *identity: str) -> Issue:
        path, begin, end = place
        seen[identity] += 1
        parts = "\0".join([check, path, *identity, str(seen[identity])])
        return {
            "description": said,
            "check_name": check,
            "fingerprint": hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest(),
            "severity": severity,
            "location": {"path": f"{presentation.prefix}{path}", "lines": {"begin": begin, "end": end}},
        }

    issues = [
        issue(
            finding.code,
            f"{f'{finding.code} {finding.name}'.rstrip()}: {finding.message}",
            _SEVERITIES[finding.severity],
            (finding.span.path, max(finding.span.row, 1), max(finding.span.end_row, finding.span.row, 1)),
            finding.code,
            finding.span.path,
            # Without a fingerprint the message tells findings apart; a row would not survive moved lines.
            finding.fingerprint or finding.message,
        )
        for finding in outcome.findings
    ]
    issues += [
        issue("not-examined", f"not examined: {reason}", "info", (path, 1, 1), "not-examined", path)
        for path, reason in outcome.unexamined
    ]
    issues += [
        issue("bound-met", f"analysis was cut short: {bound}", "info", (".", 1, 1), "bound-met", bound)
        for bound in outcome.bounds
    ]
    return issues

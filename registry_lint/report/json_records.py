"""`json` and `json-lines`: the keys that Ruff uses, and ours.

The entries are the findings. Where something was not examined, or not to its end, one more entry closes the list, so
that nobody can take it for the whole truth: it says `"complete": false`, has no code, and holds the files in a list
`unexamined` and the bounds in a list `bounds`. It has the places of a finding too, so that a reader which asks every
entry for them does not stumble.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypedDict

from registry_lint.report.summary import incompleteness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Finding, Fix, Outcome, Severity, Span, Step
    from registry_lint.report.presentation import Presentation

_HALF_PAIR = re.compile("[\ud800-\udfff]")


class Location(TypedDict):
    """Row and column, both from 1, the column in characters."""

    row: int
    column: int


class PlacedMessage(TypedDict):
    """A step of a trace, or a place that belongs to a finding."""

    message: str
    filename: str
    location: Location
    end_location: Location


class EditRecord(TypedDict):
    """A stretch of a file (Ruff has no file name here: its fixes stay in one file, ours need not)."""

    content: str
    filename: str
    location: Location
    end_location: Location


class FixRecord(TypedDict):
    """A fix with all of its edits, which belong together."""

    applicability: str
    message: str
    edits: list[EditRecord]


class FindingRecord(TypedDict):
    """One finding."""

    code: str | None
    name: str
    message: str
    severity: Severity
    confidence: str
    filename: str
    location: Location
    end_location: Location
    symbol: str
    help: str | None
    fix: FixRecord | None
    url: str | None
    fingerprint: str
    related: list[PlacedMessage]
    trace: list[PlacedMessage]


class UnexaminedRecord(TypedDict):
    """A file that could not be examined, and why."""

    filename: str
    message: str


class IncompleteRecord(TypedDict):
    """What was not examined, or not to its end: the last entry of an incomplete run."""

    code: None
    name: str
    message: str
    severity: Severity
    filename: str
    location: Location
    end_location: Location
    fix: None
    url: None
    complete: bool
    unexamined: list[UnexaminedRecord]
    bounds: list[str]


def json_list(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """One JSON array, indented."""
    records = list(_records(outcome, presentation))
    if not records:
        yield "[]"
        return
    yield "["
    for place, record in enumerate(records, 1):
        *lines, last = json_text(record, indent=2).split("\n")
        yield from (f"  {line}" for line in lines)
        yield f"  {last}," if place < len(records) else f"  {last}"
    yield "]"


def json_lines(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """One JSON object a line."""
    return (json_text(record) for record in _records(outcome, presentation))


def json_text(value: object, indent: int | None = None) -> str:
    """JSON in ASCII that any strict reader takes and no CI runner obeys.

    Half a surrogate pair (a file name that is no UTF-8) is not JSON to strict readers: it becomes U+FFFD.
    `##[command]` in a log is a command to some runners wherever it stands: its marks are written as an escape.
    """
    text = json.dumps(_whole(value), indent=indent, ensure_ascii=True, allow_nan=False)
    return text.replace("##", "#\\u0023")


def _whole(value: object) -> object:
    match value:
        case str():
            return value if value.isascii() else _HALF_PAIR.sub("\ufffd", value)
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list():
            return [_whole(item) for item in value]
    return value


def _records(outcome: Outcome, presentation: Presentation) -> Iterator[FindingRecord | IncompleteRecord]:
    urls = {card.code: card.url for card in presentation.rules}
    for finding in outcome.findings:
        yield _finding(finding, urls.get(finding.code) or None)
    if not outcome.complete:
        yield _incomplete(outcome)


def _finding(finding: Finding, url: str | None) -> FindingRecord:
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "filename": finding.span.path,
        "location": _start(finding.span),
        "end_location": _end(finding.span),
        "symbol": finding.symbol,
        "help": finding.help,
        "fix": None if finding.fix is None else _fix(finding.fix),
        "url": url,
        "fingerprint": finding.fingerprint,
        "related": [_step(step) for step in finding.related],
        "trace": [_step(step) for step in finding.trace],
    }


def _incomplete(outcome: Outcome) -> IncompleteRecord:
    return {
        "code": None,
        "name": "incomplete",
        "message": incompleteness(outcome),
        "severity": "warning",
        "filename": "",
        "location": {"row": 1, "column": 1},
        "end_location": {"row": 1, "column": 1},
        "fix": None,
        "url": None,
        "complete": False,
        "unexamined": [{"filename": path, "message": reason} for path, reason in outcome.unexamined],
        "bounds": list(outcome.bounds),
    }


def _fix(fix: Fix) -> FixRecord:
    edits: list[EditRecord] = [
        {"content": content, "filename": span.path, "location": _start(span), "end_location": _end(span)}
        for span, content in fix.edits
    ]
    return {"applicability": fix.applicability, "message": fix.message, "edits": edits}


def _step(step: Step) -> PlacedMessage:
    return {
        "message": step.message,
        "filename": step.span.path,
        "location": _start(step.span),
        "end_location": _end(step.span),
    }


def _start(span: Span) -> Location:
    return {"row": span.row, "column": span.column}


def _end(span: Span) -> Location:
    return {"row": span.end_row, "column": span.end_column}

"""SARIF 2.1.0 as GitHub code scanning really reads it.

What GitHub wants beyond the standard is at each place: one location a result, on one line; its own line hash;
related places linked from the message; a rule's page under `help`. What could not be examined stands in
`invocations[0].toolExecutionNotifications`, and `properties.complete` says so in one word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from registry_lint.report.json_records import json_text
from registry_lint.report.line_hash import line_hashes
from registry_lint.report.pages import as_markdown
from registry_lint.report.presentation import RuleCard
from registry_lint.report.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry_lint.findings import Finding, Fix, Outcome, Severity, Span, Step
    from registry_lint.report.presentation import Presentation

# JSON of a foreign shape: the OASIS schema, against which the tests hold it, is its type.
Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LONGEST = 1024  # characters that GitHub shows of a description
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
_GROUPS = {
    "0": "contracts",
    "1": "construction",
    "2": "registration",
    "3": "keys-and-names",
    "4": "lifecycle",
    "5": "one-source-of-truth",
    "6": "tests",
    "9": "housekeeping",
}
_HEADING = re.compile(r"^(?:#+ .*|.+\n[-=~]{3,} *)$", re.MULTILINE)
_LOOKS_LIKE_LINK = re.compile(r"\]\(")
_HALF_PAIR = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # those that stand for no byte of a file name


def sarif(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    return iter(json_text(_log(outcome, presentation), indent=2).split("\n"))


def _log(outcome: Outcome, presentation: Presentation) -> Json:
    cards = _cards(outcome, presentation)
    places = {card.code: place for place, card in enumerate(cards)}
    writer = _Writer(presentation, outcome)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "registry-lint",
                        "semanticVersion": presentation.version,
                        "rules": [_rule(card) for card in cards],
                    }
                },
                "automationDetails": {"id": f"{presentation.category.rstrip('/')}/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
                "invocations": [
                    {"executionSuccessful": True, "toolExecutionNotifications": writer.notifications(outcome)}
                ],
                "results": [writer.result(finding, places[finding.code]) for finding in outcome.findings],
                "properties": {"complete": outcome.complete},
            }
        ],
    }


def _cards(outcome: Outcome, presentation: Presentation) -> list[RuleCard]:
    """The active rules and, should one be missing there, whatever else found something; in the order of codes."""
    cards = {card.code: card for card in presentation.rules}
    for finding in outcome.findings:
        if finding.code not in cards:
            name = finding.name or finding.code
            cards[finding.code] = RuleCard(finding.code, name, name, severity=finding.severity)
    return [cards[code] for code in sorted(cards)]


def _rule(card: RuleCard) -> Json:
    sentence = card.sentence[:1].upper() + card.sentence[1:]
    page = as_markdown(card.documentation)
    tags: list[Json] = ["registry-lint"]
    if group := _GROUPS.get(card.code[-3:-2]):
        tags.append(group)
    rule: dict[str, Json] = {
        "id": card.code,
        "name": card.name,
        "shortDescription": {"text": _cut(sentence)},
        "fullDescription": {"text": _cut(f"{sentence} {_why(page)}".strip())},
        "help": {
            "text": card.documentation or sentence,
            "markdown": f"**{card.code} {card.name}**: {sentence}\n\n{page}".rstrip(),
        },
        "defaultConfiguration": {"level": _LEVELS[card.severity]},
        "properties": {"tags": tags, "precision": "high", "problem.severity": _PROBLEMS[card.severity]},
    }
    if card.url:
        rule["helpUri"] = card.url
    return rule


def _why(page: str) -> str:
    """The first paragraph of a page that is no heading."""
    body = _HEADING.sub("", page).strip()
    return " ".join(body.partition("\n\n")[0].split())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


class _Writer:
    """Writes what speaks of files: it knows their hashes and where they stand in the repository."""

    def __init__(self, presentation: Presentation, outcome: Outcome) -> None:
        self._prefix = presentation.prefix
        self._sources = Sources(presentation.read)
        rows: defaultdict[str, set[int]] = defaultdict(set)
        for finding in outcome.findings:
            rows[finding.span.path].add(max(finding.span.row, 1))
        self._hashes: Mapping[str, Mapping[int, str]] = {
            path: line_hashes(data, wanted)
            for path, wanted in rows.items()
            if (data := self._sources.content(path)) is not None
        }

    def result(self, finding: Finding, rule: int) -> Json:
        span = finding.span
        location: dict[str, Json] = {"physicalLocation": self._place(span)}
        if finding.symbol:
            location["logicalLocations"] = [{"fullyQualifiedName": finding.symbol}]
        linked = [*finding.related, *finding.trace[:1]]
        result: dict[str, Json] = {
            "ruleId": finding.code,
            "ruleIndex": rule,
            "level": _LEVELS[finding.severity],
            "message": {"text": _linked(finding, linked)},
            "locations": [location],
        }
        prints: dict[str, Json] = {}
        if line_hash := self._hashes.get(span.path, {}).get(max(span.row, 1)):
            prints["primaryLocationLineHash"] = line_hash
        if finding.fingerprint:
            prints["registryLint/v1"] = finding.fingerprint
        if prints:
            result["partialFingerprints"] = prints
        if linked:
            result["relatedLocations"] = [{"id": place, **self._step(step)} for place, step in enumerate(linked, 1)]
        if finding.trace:
            steps: list[Json] = [{"location": self._step(step)} for step in finding.trace]
            if finding.trace[-1].span != span:  # a flow that does not end at its alert is hard to follow
                steps.append({"location": {"physicalLocation": self._place(span), "message": {"text": "found here"}}})
            result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
        if finding.fix is not None and finding.fix.edits:
            result["fixes"] = [self._fix(finding.fix)]
        result["properties"] = {"confidence": finding.confidence}
        return result

    def notifications(self, outcome: Outcome) -> list[Json]:
        """What was not examined, or not to its end."""
        said: list[Json] = [
            {
                "level": "warning",
                "descriptor": {"id": "not-examined"},
                "message": {"text": f"{path}: {reason}"},
                "locations": [{"physicalLocation": {"artifactLocation": self._artifact(path)}}],
            }
            for path, reason in outcome.unexamined
        ]
        said += [
            {"level": "warning", "descriptor": {"id": "bound-met"}, "message": {"text": bound}}
            for bound in outcome.bounds
        ]
        return said

    def _step(self, step: Step) -> dict[str, Json]:
        return {"physicalLocation": self._place(step.span), "message": {"text": step.message or "here"}}

    def _place(self, span: Span) -> Json:
        """One line only: a pull request shows an alert where all of its lines are in the diff."""
        row = max(span.row, 1)
        start, end = self._sources.within_line(span)
        return {
            "artifactLocation": self._artifact(span.path),
            "region": {"startLine": row, "startColumn": start, "endLine": row, "endColumn": end},
        }

    def _artifact(self, path: str) -> Json:
        return {"uri": uri(f"{self._prefix}{path}"), "uriBaseId": "%SRCROOT%"}

    def _fix(self, fix: Fix) -> Json:
        edits = sorted(fix.edits, key=lambda edit: edit.span)
        changes: list[Json] = []
        for path, ours in groupby(edits, key=lambda edit: edit.span.path):
            replacements: list[Json] = [
                {
                    "deletedRegion": {
                        "startLine": max(span.row, 1),
                        "startColumn": max(span.column, 1),
                        "endLine": max(span.end_row, 1),
                        "endColumn": max(span.end_column, 1),
                    },
                    "insertedContent": {"text": content},
                }
                for span, content in ours
            ]
            changes.append({"artifactLocation": self._artifact(path), "replacements": replacements})
        return {"description": {"text": f"{fix.message} ({fix.applicability})"}, "artifactChanges": changes}


def uri(path: str) -> str:
    """A relative URI for a path. Bytes of a file name that are no UTF-8 are percent-encoded as they are."""
    return quote(_HALF_PAIR.sub("\ufffd", path).encode("utf-8", "surrogateescape"))


def _linked(finding: Finding, steps: list[Step]) -> str:
    """The message with its related places as `[text](id)`; nothing else in it reads as a link."""
    message = finding.message
    if _LOOKS_LIKE_LINK.search(message):
        message = _unlinked(message)
    help_line = finding.help or ""
    if _LOOKS_LIKE_LINK.search(help_line):
        help_line = _unlinked(help_line)
    said = [message, help_line] if help_line else [message]
    if steps:
        links = ", ".join(f"[{_unlinked(step.message or 'here')}]({place})" for place, step in enumerate(steps, 1))
        said.append(f"See {links}.")
    return "\n".join(said)


def _unlinked(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")

"""Markdown for a pull request, a wiki or a step summary: a table, then the traces.

Text of unknown origin stays text: no markup of its own, no link, no mention of a person, no reference to an issue.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.report.presentation import is_fixable
from registry_lint.report.summary import SEVERITIES, footer
from registry_lint.report.visible import guarded, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Finding, Outcome, Span
    from registry_lint.report.presentation import Presentation

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
# Markup; people and issues (a forge makes them live after rendering, so that a backslash does not stop it); addresses.
_SPECIAL = re.compile(r"(?P<live>[@#](?=\w))|(?P<entity>[<>&]|:(?=//)|(?<=www)\.)|[\\`*_\[\]|~$!{}#]", re.IGNORECASE)
_BLOCK = re.compile(r"^(\s*\d*)([-+=.)])")


def markdown(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    yield from guarded(_lines(outcome, presentation, None))


def step_summary(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """What belongs in the file named by $GITHUB_STEP_SUMMARY: the same, the worst 200 findings only.

    GitHub refuses a summary of more than 1 MiB.
    """
    yield from guarded(_lines(outcome, presentation, 200))


def _lines(outcome: Outcome, presentation: Presentation, limit: int | None) -> Iterator[str]:
    urls = {card.code: card.url for card in presentation.rules}
    findings = worst_first(outcome)[:limit]
    yield "## registry-lint"
    yield ""
    first, *rest = footer(outcome, presentation)
    yield escaped(first)
    if findings:
        yield ""
        yield "| Severity | Rule | Where | Finding |"
        yield "| --- | --- | --- | --- |"
        for finding in findings:
            mark = r" \[\*\]" if is_fixable(finding, presentation) else ""
            rule = _rule(finding, urls.get(finding.code, ""))
            yield f"| {finding.severity} | {rule}{mark} | {_where(finding.span)} | {escaped(finding.message)} |"
        if len(findings) < len(outcome.findings):
            yield ""
            yield f"... and {len(outcome.findings) - len(findings)} more."
    for finding in findings:
        if finding.trace:
            yield ""
            yield f"{escaped(finding.code)} at {_where(finding.span)}:"
            yield ""
            for place, step in enumerate(finding.trace, 1):
                yield f"{place}. {_where(step.span)} {escaped(step.message)}"
    if rest:
        yield ""
        for line in rest:
            indented = line.startswith("  ")
            yield f"  - {_item(line.strip())}" if indented else f"- {_item(line)}"


def _item(text: str) -> str:
    """A text as an item of a list, though it begin with what begins a list, a rule or a heading."""
    said = escaped(text) or "(nothing said)"
    return _BLOCK.sub(lambda found: f"{found[1]}\\{found[2]}", said, count=1)


def worst_first(outcome: Outcome) -> list[Finding]:
    """The findings, errors first; within one severity their order stays."""
    return sorted(outcome.findings, key=lambda finding: SEVERITIES.index(finding.severity))


def escaped(text: str) -> str:
    """A text of one line, harmless in Markdown; what stands between single backticks is code, as its author meant."""
    pieces = _CODE.split(visible(text))  # text, code, text, code, …, text
    return "".join(code(piece) if place % 2 else _plain(piece) for place, piece in enumerate(pieces))


def code(text: str) -> str:
    """A text of one line as code, in a table too."""
    shown = visible(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _plain(text: str) -> str:
    def inert(found: re.Match[str]) -> str:
        character = found[0]
        if found["live"]:
            return f"\\{character}&#8203;"
        return f"&#{ord(character)};" if found["entity"] else f"\\{character}"

    return _SPECIAL.sub(inert, text)


def _rule(finding: Finding, url: str) -> str:
    name = f" {escaped(finding.name)}" if finding.name else ""
    shown = escaped(finding.code)
    linked = url.startswith("https://") and re.fullmatch(r"[\w./:#?=&%~-]+", url, re.ASCII)
    return f"[{shown}]({url}){name}" if linked else f"{shown}{name}"


def _where(span: Span) -> str:
    return code(f"{span.path}:{span.row}:{span.column}")

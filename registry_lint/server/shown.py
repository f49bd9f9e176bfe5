"""What an editor shows of a finding: a diagnostic, and what hovering over it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lsprotocol import types

from registry_lint.report.markdown import code, escaped
from registry_lint.report.pages import as_markdown
from registry_lint.server.places import overlap

if TYPE_CHECKING:
    from registry_lint.findings import Finding
    from registry_lint.server.analysis import Analysis
    from registry_lint.server.places import Places

SOURCE: Final = "registry-lint"

_SEVERITIES: Final = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


def diagnostic(finding: Finding, analysis: Analysis, places: Places) -> types.Diagnostic:
    """A finding as a diagnostic: its way in the related information, its rule's page behind the code."""
    card = analysis.cards.get(finding.code)
    said = finding.message if finding.help is None else f"{finding.message}\nhelp: {finding.help}"
    return types.Diagnostic(
        range=places.range(finding.span),
        message=said if finding.confidence == "certain" else f"{said}\n(likely: a step went by a name alone)",
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(card.url) if card and card.url else None,
        source=SOURCE,
        related_information=[places.location(step) for step in (*finding.trace, *finding.related)],
        data={"fingerprint": finding.fingerprint},
    )


def hover(analysis: Analysis, path: str, at: types.Position, places: Places) -> types.Hover | None:
    """The pages of the rules that report something here."""
    cursor = types.Range(at, at)
    here = [finding for finding in analysis.of(path) if overlap(places.range(finding.span), cursor)]
    if not here:
        return None
    pages = "\n\n---\n\n".join(dict.fromkeys(_page(finding, analysis) for finding in here))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, pages), places.range(here[0].span))


def _page(finding: Finding, analysis: Analysis) -> str:
    card = analysis.cards[finding.code]
    label = escaped(f"{card.code} {card.name}")
    head = f"**[{label}]({card.url})**" if card.url else f"**{label}**"
    facts = f"{finding.severity} · {finding.confidence}" + (f" · in {code(finding.symbol)}" if finding.symbol else "")
    sentence = f"{card.sentence[:1].upper()}{card.sentence[1:]}"
    return "\n\n".join(part for part in (f"{head} · {facts}", sentence, as_markdown(card.documentation)) if part)

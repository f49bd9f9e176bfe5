"""`registry-lint rules`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from registry_lint.cli import CLEAN, terminal
from registry_lint.cli.reporting import deliver
from registry_lint.cli.start import begin, configured, reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.cli.start import Start


@click.command()
@reported
@configured
def command(
    output_format: str, output_file: str | None, config: tuple[str, ...], isolated: bool, trust_packs: bool
) -> int:
    """List all rules: built in, of installed packs, and of this project.

    The severity is the one that the configuration gives; `fix` marks rules that can mend what they find.
    """
    start = begin((), config=config, isolated=isolated, trust_packs=trust_packs)
    width = None if output_file else terminal.width(sys.stdout)
    deliver(_as_json(start) if output_format == "json" else _as_table(start, width), output_file)
    return CLEAN


def fixable(start: Start) -> frozenset[str]:
    """The codes of the rules that can mend what they find, by their examples."""
    from registry_lint.housekeeping import UNUSED_SUPPRESSION

    mending = {rule.code for rule in start.rules if any(example.fixed is not None for example in rule.INVALID)}
    return frozenset({*mending, UNUSED_SUPPRESSION})


def severity(start: Start, code: str) -> str:
    """The severity that the configuration gives a rule."""
    from registry_lint.select import severities

    levels = severities(start.rulebook, start.configuration.settings.severity)
    return levels.get(code, start.rulebook.cards[code].severity)


def _as_json(start: Start) -> Iterator[str]:
    mending = fixable(start)
    records = [
        {
            "code": card.code,
            "name": card.name,
            "severity": severity(start, card.code),
            "scope": card.scope,
            "fixable": card.code in mending,
            "summary": card.sentence,
            "documentation": card.documentation,
        }
        for card in start.rulebook.cards.values()
    ]
    yield json.dumps(records, indent=2)


def _as_table(start: Start, cells: int | None) -> Iterator[str]:
    mending = fixable(start)
    rows = [
        (
            card.code,
            card.name,
            severity(start, card.code),
            "fix" if card.code in mending else "",
            f"{card.sentence[:1].upper()}{card.sentence[1:]}",
        )
        for card in start.rulebook.cards.values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        line = "  ".join([*(text.ljust(wide) for text, wide in zip(row[:4], widths, strict=True)), row[4]])
        yield line if cells is None or len(line) <= cells else f"{line[: cells - 1]}…"

"""`registry-lint explain`."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

import click

from registry_lint.cli import CLEAN, terminal
from registry_lint.cli.start import begin, coloured, configured, labels
from registry_lint.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.cli.start import Start
    from registry_lint.rule import Rule
    from registry_lint.select import Card


@click.command()
@click.argument("rule", metavar="CODE|NAME", shell_complete=labels)
@coloured
@configured
def command(rule: str, colour: terminal.Colour, config: tuple[str, ...], isolated: bool, trust_packs: bool) -> int:
    """Explain a rule: why, what to do instead, when not to use it, what it cannot see; with an example."""
    start = begin((), config=config, isolated=isolated, trust_packs=trust_packs)
    code = start.rulebook.code_of(rule)
    if code is None:
        nearest = start.rulebook.nearest(rule)
        hint = f"did you mean `{nearest}`?" if nearest else "`registry-lint rules` lists all rules"
        raise UserError(f"there is no rule {rule!r}; {hint}")
    coloured_page = terminal.wants_colour(colour, sys.stdout)
    text = "\n".join(_page(start, start.rulebook.cards[code], markdown=coloured_page))
    if coloured_page:
        _render(text)
    else:
        terminal.write([text])
    return CLEAN


def _page(start: Start, card: Card, *, markdown: bool) -> Iterator[str]:
    """A rule's page: as its file has it, or with the headings that Markdown needs."""
    from registry_lint.cli.rules import fixable, severity
    from registry_lint.report.pages import as_markdown

    scope = {"both": "production code and tests", "production": "production code", "tests": "tests"}[card.scope]
    yield f"# {card.code} {card.name}"
    yield ""
    yield f"Severity: {severity(start, card.code)} · looks at: {scope} · mends: " + (
        "yes" if card.code in fixable(start) else "no"
    )
    yield ""
    yield f"{card.sentence[:1].upper()}{card.sentence[1:]}"
    yield ""
    yield as_markdown(card.documentation) if markdown else card.documentation.partition("\n\n")[2]
    rule = next((rule for rule in start.rules if rule.code == card.code), None)
    if rule is not None:
        yield from _example(rule)


def _example(rule: type[Rule]) -> Iterator[str]:
    for title, examples in (("Reported", rule.INVALID), ("Not reported", rule.VALID)):
        if examples:
            yield ""
            yield f"### {title}"
            yield ""
            yield "```python"
            yield inspect.cleandoc(examples[0].text)
            yield "```"


def _render(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    # The sixteen colours of a person's own palette and no background, so that light terminals show it as dark ones do.
    theme = Theme({"markdown.code": "bold cyan", "markdown.code_block": "cyan"})
    width = min(terminal.width(sys.stdout) or 100, 100)
    Console(force_terminal=True, width=width, theme=theme).print(Markdown(text, code_theme="ansi_dark"))

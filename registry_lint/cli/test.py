"""`registry-lint test`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry_lint.cli import CLEAN, FINDINGS, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.rule import Rule


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
def command(folder: str) -> int:
    """Run the examples of the rules in a folder, as our own are run. This runs the rules' code.

    Every VALID must be clean; every INVALID must give exactly the findings that are drawn in it, and be mended to
    exactly what `fixed` says.
    """
    from registry_lint.packs import load_folder

    rules = load_folder(Path(folder))
    failed = False
    for rule in rules:
        told = list(_failures(rule))
        failed = failed or bool(told)
        count = len(rule.VALID) + len(rule.INVALID)
        wrong = f"{len(told)} wrong" if told else "all good"
        examples = "1 example" if count == 1 else f"{count} examples"
        terminal.write([f"{rule.code} {rule.headline()[1]}: {wrong} in {examples}"])
        terminal.write(f"  {line}" for text in told for line in text.splitlines())
    return FINDINGS if failed else CLEAN


def _failures(rule: type[Rule]) -> Iterator[str]:
    from registry_lint import examples
    from registry_lint.config.load import settings_from

    if not rule.INVALID:
        yield "no INVALID example shows that it finds anything"
    yield from examples.failures(rule, settings_from)

"""`registry-lint trace`: what can this expression be, and why."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry_lint.cli import CLEAN, MISTAKE, terminal
from registry_lint.cli.reporting import deliver
from registry_lint.cli.start import begin, coloured, configured, reported
from registry_lint.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.explanations import Explanation
    from registry_lint.report.presentation import Presentation


@click.command()
@click.argument("place", metavar="FILE:LINE[:COLUMN]", type=click.Path())
@reported
@click.option("--strict", is_flag=True, help="Exit with 2 where the search was cut short, or met what it cannot read.")
@coloured
@configured
def command(
    place: str,
    output_format: str,
    output_file: str | None,
    strict: bool,
    colour: terminal.Colour,
    config: tuple[str, ...],
    isolated: bool,
    trust_packs: bool,
) -> int:
    """Say what the expression at a place can be: every value with its confidence and the way that it took.

    Without a COLUMN it is the widest expression that begins in the line. Lines and columns count from 1. The exit
    code is 0 where an expression was found, 2 where there is none.
    """
    file, row, column = _place(place)
    if not file.is_file():
        raise UserError(f"there is no file {str(file)!r}")
    start = begin([str(file)], config=config, isolated=isolated, trust_packs=trust_packs)
    from registry_lint.project.explanations import explain
    from registry_lint.project.model import Project
    from registry_lint.report.presentation import Presentation
    from registry_lint.request import Request, gather

    configuration = start.configuration
    request = Request(root=configuration.root, settings=configuration.settings, rules=start.rules)
    gathered = gather(request)
    path = file.resolve().relative_to(configuration.root.resolve()).as_posix()
    if path not in gathered.corpus.paths:
        raise UserError(f"{path} is no file of the project at {configuration.root}: it is excluded, or no Python")
    project = Project(gathered.corpus, configuration.settings)
    explanation = explain(project, path, row, column)
    if explanation is None:
        why = project.unparsable.get(path)
        raise UserError(f"{path}: {why.message}" if why else f"no expression stands at {place}")
    presentation = Presentation(gathered.corpus.read)
    if output_file is None:
        shown = terminal.wants_colour(colour, sys.stdout)
        presentation = Presentation(gathered.corpus.read, colour=shown, width=terminal.width(sys.stdout))
    deliver(_json(explanation) if output_format == "json" else _text(explanation, presentation), output_file)
    return MISTAKE if strict and (project.unparsable or not explanation.complete) else CLEAN


def _place(text: str) -> tuple[Path, int, int]:
    """Take `FILE:LINE[:COLUMN]` apart; a name with colons in it is understood from the right."""
    parts = text.split(":")
    numbers: list[int] = []
    while len(parts) > 1 and len(numbers) < 2 and parts[-1].isdecimal():
        numbers.insert(0, int(parts.pop()))
    if not numbers or numbers[0] < 1:
        raise UserError(f"not a place: {text!r}; write FILE:LINE or FILE:LINE:COLUMN")
    return Path(":".join(parts)), numbers[0], numbers[1] if len(numbers) == 2 else 0


def _text(explanation: Explanation, presentation: Presentation) -> Iterator[str]:
    from registry_lint.findings import Step
    from registry_lint.report import trace_frames

    count = len(explanation.values)
    said = "nothing is known of it" if not count else f"it can be {count} thing{'s' if count > 1 else ''}"
    yield from trace_frames((Step(explanation.span, said),), presentation)
    for number, value in enumerate(explanation.values, 1):
        yield ""
        yield f"{number}. {value.description} [{value.confidence}]"
        if value.steps:
            yield from trace_frames(value.steps, presentation)
    if not explanation.complete:
        yield ""
        yield "A bound cut the search short: there may be more."


def _json(explanation: Explanation) -> Iterator[str]:
    def place(span: tuple[str, int, int, int, int]) -> dict[str, object]:
        path, row, column, end_row, end_column = span
        return {
            "filename": path,
            "location": {"row": row, "column": column},
            "end_location": {"row": end_row, "column": end_column},
        }

    yield json.dumps(
        {
            **place(explanation.span),
            "values": [
                {
                    "description": value.description,
                    "confidence": value.confidence,
                    "trace": [{"message": step.message, **place(step.span)} for step in value.steps],
                }
                for value in explanation.values
            ],
            "complete": explanation.complete,
        },
        indent=2,
    )

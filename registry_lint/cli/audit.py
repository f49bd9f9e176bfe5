"""`registry-lint audit`: an inventory of a project's registries."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry_lint.audit.formats import FORMATS
from registry_lint.cli import CLEAN, MISTAKE, terminal
from registry_lint.cli.caches import Memories, cache_folder
from registry_lint.cli.reporting import write_file
from registry_lint.cli.start import Choice, begin, coloured, configured
from registry_lint.errors import UserError

if TYPE_CHECKING:
    from registry_lint.audit.records import Report
    from registry_lint.request import Request

_FORMAT = Choice(FORMATS)
_LINK_HELP = "Links to the code: a URL with {path}, {row} and {column} in it (html, markdown)."


@click.command()
@click.argument("path", default=".", metavar="[PATH]", type=click.Path())
@click.option(
    "--compare", metavar="REV|FILE", help="Say what changed since a revision, or since an earlier JSON report."
)
@click.option(
    "--output-format",
    type=_FORMAT,
    default="text",
    show_default=True,
    metavar="FORMAT",
    help=f"How to report: {', '.join(FORMATS)}.",
)
@click.option("-o", "--output-file", type=click.Path(dir_okay=False), help="Write the report to a file.")
@click.option("--link-template", default="", metavar="URL", help=_LINK_HELP)
@click.option("--all", "everything", is_flag=True, help="Show every row of every table (text).")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the JSON report, and end.")
@click.option("--strict", is_flag=True, help="Exit with 2 where anything was not examined to its end.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write what runs leave for the next one.")
@cache_folder
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@coloured
@configured
def command(
    path: str,
    compare: str | None,
    output_format: str,
    output_file: str | None,
    link_template: str,
    everything: bool,
    schema: bool,
    strict: bool,
    no_cache: bool,
    cache_dir: str | None,
    quiet: bool,
    colour: terminal.Colour,
    config: tuple[str, ...],
    isolated: bool,
    trust_packs: bool,
) -> int:
    """List a project's registries, who builds them, who registers what, and which entry points lead there.

    PATH is a folder of the project; the audit sees the whole project. The exit code does not tell findings: 0 the
    report was made, 2 a mistake to mend, 101 a bug of registry-lint.
    """
    from registry_lint.audit.presentation import Presentation, template_mistake

    if schema:
        from registry_lint.audit.as_json import schema as made

        terminal.write([made()])
        return CLEAN
    if link_template and (wrong := template_mistake(link_template)):
        raise UserError(f"--link-template: {wrong}")

    from registry_lint.request import Request

    with (
        Memories(None if no_cache else cache_dir, enabled=not no_cache) as memories,
        terminal.Progress(quiet) as progress,
    ):
        start = begin([path], config=config, isolated=isolated, trust_packs=trust_packs, known=memories.validated)
        configuration = start.configuration
        request = Request(
            root=configuration.root,
            settings=configuration.settings,
            rules=start.rules,
            positions=configuration.positions,
            memory=memories.of(configuration.root),
            stage=progress.stage,
        )
        report = _report(request, compare)

    from registry_lint.audit.formats import writer

    plain = output_file is not None or output_format != "text"
    presentation = Presentation(
        width=None if plain else terminal.width(sys.stdout),
        colour=not plain and terminal.wants_colour(colour, sys.stdout),
        link_template=link_template,
        everything=everything,
    )
    lines = writer(output_format)(report, presentation)
    if output_file is not None:
        write_file(output_file, lines)
    else:
        with contextlib.suppress(BrokenPipeError):  # `| head` has seen enough
            terminal.write(lines)
    limits = report.limits
    return MISTAKE if strict and (limits.unexamined or limits.bounds or limits.cut_short) else CLEAN


def _report(request: Request, compare: str | None) -> Report:
    from registry_lint.audit import compare as comparing
    from registry_lint.audit.survey import take

    if compare is None:
        return take(request)
    if Path(compare).is_file():
        before, label = comparing.read(Path(compare)), Path(compare).name
    else:
        request.stage(f"reading {compare}")
        before = comparing.take_revision(dataclasses.replace(request), compare)
        label = f"{compare} ({before.revision[:12]})"
    return comparing.beside(take(request), before, label)

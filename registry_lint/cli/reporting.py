"""What `check` does with an outcome: reports, statistics, files, and the words beside them."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from registry_lint.cli import terminal
from registry_lint.errors import Mistake, UserError
from registry_lint.packs import page_of
from registry_lint.report import FORMATS, MACHINE_FORMATS, STATISTICS, step_summary, summary_line
from registry_lint.source.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry_lint.cli.options import Options
    from registry_lint.cli.start import Start
    from registry_lint.findings import Outcome
    from registry_lint.report import Format, Presentation
    from registry_lint.run import Examination


def report(examination: Examination, options: Options, start: Start) -> None:
    """Write every report that was asked for. Raises BrokenPipeError and UserError as `terminal.write` does."""
    outcome = examination.outcome
    plain = _presentation(examination, options, start)
    for name, file in options.outputs:
        write_file(file, FORMATS[name](outcome, plain))
    written = _statistics(options) if options.statistics else FORMATS[options.output_format]
    machine = is_machine(options)
    if options.output_file:
        write_file(options.output_file, written(outcome, plain))
    else:
        terminal.write(written(outcome, plain if machine else _for_people(plain, options, start)))
    if options.output_format == "github":
        _append_summary(outcome, plain)
    # What was not examined is said also where no more than findings is asked for.
    if not outcome.complete if options.quiet else machine or options.output_file:
        terminal.write([summary_line(outcome)], sys.stderr)


def _statistics(options: Options) -> Format:
    if options.output_format not in STATISTICS:
        raise UserError(f"--statistics is written as a table (text) or as json, not as {options.output_format}")
    return STATISTICS[options.output_format]


def _append_summary(outcome: Outcome, plain: Presentation) -> None:
    """Add to the page that GitHub shows of a step, where this is one."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if not summary:
        return
    try:
        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            terminal.write(step_summary(outcome, plain), stream)
    except OSError as error:
        raise UserError(Mistake(f"the step summary cannot be written: {error.strerror}", path=summary)) from error


def is_machine(options: Options) -> bool:
    """Whether what goes to stdout is for a program, so that words for people belong on stderr."""
    return options.output_format in MACHINE_FORMATS


def _presentation(examination: Examination, options: Options, start: Start) -> Presentation:
    """How a report is shown in a file or to a program: no colour, no width."""
    from registry_lint.report import Presentation
    from registry_lint.version import version

    return Presentation(
        read=examination.gathered.corpus.read,
        rules=[examination.card(code) for code in sorted(examination.active)],
        root=start.configuration.root,
        prefix=_prefix(start.configuration.root),
        unsafe_fixes=options.unsafe_fixes,
        footer=not options.quiet,
        version=version() if "sarif" in (options.output_format, *(name for name, _ in options.outputs)) else "0",
    )


def _for_people(plain: Presentation, options: Options, start: Start) -> Presentation:
    """The same as it suits what stdout is."""
    colour = terminal.wants_colour(options.colour, sys.stdout)
    links = colour and terminal.shows_links(terminal.is_terminal(sys.stdout))
    pages = {rule.code: page_of(rule) for rule in start.rules} if links else {}
    return dataclasses.replace(
        plain,
        colour=colour,
        hyperlinks=links,
        width=terminal.width(sys.stdout),
        rules=[card._replace(url=card.url or pages.get(card.code, "")) for card in plain.rules],
    )


def _prefix(root: Path) -> str:
    """From the repository's top to the project's root, `backend/`; "" where they are one."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            relative = root.relative_to(folder).as_posix()
            return "" if relative == "." else f"{relative}/"
    return ""


def deliver(lines: Iterable[str], file: str | None) -> None:
    """Write lines to a file, or to stdout where none is given."""
    if file is None:
        terminal.write(lines)
    else:
        write_file(file, lines)


def write_file(name: str, lines: Iterable[str]) -> None:
    """Write a report to a file: to another one first, so that a run that is stopped leaves no half of it."""
    text = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
    path = Path(name)
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a pipe
            path.write_bytes(text)
            return
        write_whole(path, text, path.with_name(f".{path.name}.{os.getpid()}"))
    except OSError as error:
        raise UserError(Mistake(f"the report cannot be written: {error.strerror}", path=name)) from error


def tell_details(start: Start, examination: Examination, seconds: float) -> None:
    """Say on stderr what was read, and how long it took."""
    configuration, outcome = start.configuration, examination.outcome
    terminal.write(
        [
            f"configuration: {configuration.path or 'none'}",
            f"root: {configuration.root}",
            f"rules: {', '.join(sorted(examination.active))}",
            f"files: {len(examination.gathered.corpus.paths)} analysed, {outcome.files} reported on",
            f"time: {seconds:.2f} s",
        ],
        sys.stderr,
    )

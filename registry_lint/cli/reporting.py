"""What `check` does with an outcome: reports, statistics, files, and the words beside them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from registry_lint.cli import terminal
from registry_lint.errors import Mistake, UserError
from registry_lint.report import FORMATS, MACHINE_FORMATS, summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.cli.options import Options
    from registry_lint.cli.start import Start
    from registry_lint.findings import Finding, Outcome
    from registry_lint.report import Presentation
    from registry_lint.run import Examination


def report(examination: Examination, options: Options, start: Start) -> None:
    """Write every report that was asked for. Raises BrokenPipeError and UserError as `terminal.write` does."""
    outcome = examination.outcome
    plain = _presentation(examination, options, start, colour=False)
    for name, file in options.outputs:
        write_file(file, FORMATS[name](outcome, plain))
    written = FORMATS[options.output_format]
    machine = is_machine(options)
    if options.statistics:
        terminal.write(_statistics(outcome, options))
    elif options.output_file:
        write_file(options.output_file, written(outcome, plain))
    else:
        colour = not machine and terminal.wants_colour(options.colour, sys.stdout)
        terminal.write(
            written(outcome, plain if machine else _presentation(examination, options, start, colour=colour))
        )
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if options.output_format == "github" and summary:
        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            terminal.write(FORMATS["markdown"](outcome, plain), stream)
    if not options.quiet and (machine or options.output_file):
        terminal.write([summary_line(outcome)], sys.stderr)


def is_machine(options: Options) -> bool:
    """Whether what goes to stdout is for a program, so that words for people belong on stderr."""
    return options.output_format in MACHINE_FORMATS


def _presentation(examination: Examination, options: Options, start: Start, *, colour: bool) -> Presentation:
    from registry_lint.report import Presentation
    from registry_lint.version import version

    return Presentation(
        read=examination.gathered.corpus.read,
        colour=colour,
        hyperlinks=colour and terminal.shows_links(terminal.is_terminal(sys.stdout)),
        width=None if options.output_file else terminal.width(sys.stdout),
        rules=[examination.card(code) for code in sorted(examination.active)],
        root=start.configuration.root,
        prefix=_prefix(start.configuration.root),
        unsafe_fixes=options.unsafe_fixes,
        footer=not options.quiet,
        version=version() if "sarif" in (options.output_format, *(name for name, _ in options.outputs)) else "0",
    )


def _prefix(root: Path) -> str:
    """From the repository's top to the project's root, `backend/`; "" where they are one."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            relative = root.relative_to(folder).as_posix()
            return "" if relative == "." else f"{relative}/"
    return ""


def write_file(name: str, lines: Iterator[str]) -> None:
    """Write a report to a file: to another one first, so that a run that is stopped leaves no half of it."""
    text = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
    path = Path(name)
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a pipe
            path.write_bytes(text)
            return
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(text)
        draft.replace(path)
    except OSError as error:
        raise UserError(Mistake(f"the report cannot be written: {error.strerror}", path=name)) from error


def _statistics(outcome: Outcome, options: Options) -> Iterator[str]:
    """How often each rule reports, the most frequent first."""
    counts: dict[tuple[str, str], list[Finding]] = {}
    for finding in outcome.findings:
        counts.setdefault((finding.code, finding.name), []).append(finding)
    rows = sorted(counts.items(), key=lambda row: (-len(row[1]), row[0]))
    if options.output_format == "json":
        import json

        records = [
            {"code": code, "name": name, "severity": found[0].severity, "count": len(found)}
            for (code, name), found in rows
        ]
        yield json.dumps(records, indent=2)
        return
    wide = len(str(len(rows[0][1]))) if rows else 0
    for (code, name), found in rows:
        yield f"{len(found):>{wide}}  {code}  {name}"
    if not options.quiet:
        yield summary_line(outcome)


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

"""`registry-lint check`: the main job."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry_lint.cli import CLEAN, FINDINGS, MISTAKE, fixes, reporting, terminal
from registry_lint.cli.caches import Memories, cache_folder
from registry_lint.cli.options import Options
from registry_lint.cli.start import Choice, Start, begin, coloured, configured, labels, listed
from registry_lint.cli.timings import Timings
from registry_lint.errors import Mistake, UserError
from registry_lint.report import FORMATS, fixable_line, summary_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry_lint.findings import Outcome
    from registry_lint.request import Request
    from registry_lint.run import Examination
    from registry_lint.suggest.apply import Settled

_FORMAT = Choice(list(FORMATS))
_FORMATS_HELP = f"How to report: {', '.join(FORMATS)}."
_OUTPUT_HELP = "One more report, to a file. May be repeated."
_WEIGHT = {"info": 0, "warning": 1, "error": 2}


def _destinations(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """`FORMAT=FILE`, several times."""
    pairs = []
    for value in values:
        name, _, file = value.partition("=")
        if name not in FORMATS or not file:
            said = f"{value!r} is not FORMAT=FILE; formats are {', '.join(FORMATS)}."
            raise click.BadParameter(said, context, parameter)
        pairs.append((name, file))
    return tuple(pairs)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATHS…|-]", type=click.Path())
@click.option(
    "--select",
    callback=listed,
    shell_complete=labels,
    metavar="RULE,…",
    help="Rules that are on: codes, names, prefixes of codes, or ALL.",
)
@click.option("--ignore", callback=listed, shell_complete=labels, metavar="RULE,…", help="Rules that are off.")
@click.option(
    "--extend-select", callback=listed, shell_complete=labels, metavar="RULE,…", help="Rules that are on as well."
)
@click.option("--per-file-ignores", callback=listed, metavar="PATTERN:RULE,…", help="Rules that are off in some files.")
@click.option("--min-confidence", type=Choice(["certain", "likely"]), help="The least confidence to report.")
@click.option("--fail-on", type=Choice(["error", "warning", "info"]), help="The least severity that fails.")
@click.option(
    "--exclude", callback=listed, metavar="PATTERN,…", help="Patterns to leave out, instead of the default ones."
)
@click.option("--extend-exclude", callback=listed, metavar="PATTERN,…", help="Patterns to leave out as well.")
@click.option("--force-exclude", is_flag=True, help="Leave out what is excluded even where PATHS name it.")
@click.option("--output-format", type=_FORMAT, default="text", show_default=True, metavar="FORMAT", help=_FORMATS_HELP)
@click.option("-o", "--output-file", type=click.Path(dir_okay=False), help="Write the report to a file.")
@click.option("--output", "outputs", callback=_destinations, multiple=True, metavar="FORMAT=FILE", help=_OUTPUT_HELP)
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--fix", is_flag=True, help="Mend what has a safe fix, and report the rest.")
@click.option("--unsafe-fixes", is_flag=True, help="Count fixes that may change what the code does as fixes, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, and write nothing.")
@click.option("--fix-only", is_flag=True, help="Mend, and report nothing.")
@click.option("--show-fixes", is_flag=True, help="List what was mended, by file and rule.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 where something was mended.")
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 although there are findings.")
@click.option("--strict", is_flag=True, help="Exit with 2 where anything was not examined to its end.")
@click.option(
    "--stdin-filename", metavar="PATH", type=click.Path(), help="The file that the text on standard input stands for."
)
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and end.")
@click.option("--baseline", metavar="FILE", type=click.Path(), help="Known findings, which are not reported again.")
@click.option("--since", metavar="REV", help="Report only what is new since a revision (its merge base with HEAD).")
@click.option("--no-cache", is_flag=True, help="Neither read nor write what runs leave for the next one.")
@cache_folder
@click.option("-j", "--jobs", type=click.IntRange(0), default=0, help="Processes to read with; 0: all processors.")
@click.option("--timings", is_flag=True, help="Say on stderr how long stages took, and how many files they saw.")
@click.option("-q", "--quiet", is_flag=True, help="Report findings and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is read and how long it takes, on stderr.")
@coloured
@configured
def command(
    config: tuple[str, ...], isolated: bool, trust_packs: bool, per_file_ignores: tuple[str, ...] | None, **given: Any
) -> int:
    """Report what is wrong in a project, or in some of its files.

    PATHS limit what is reported; the analysis always sees the whole project, whose root is the folder of the
    nearest configuration, else the top of the repository. `-` reads one file from standard input.

    Exit code: 0 nothing to report, 1 findings, 2 a mistake to mend, 101 a bug of registry-lint.
    """
    keys = ("select", "ignore", "extend_select", "min_confidence", "fail_on", "exclude", "extend_exclude")
    values = {key.replace("_", "-"): value for key in keys if (value := given.pop(key)) is not None}
    if per_file_ignores:
        values["per-file-ignores"] = _pairs(per_file_ignores)
    options = Options(**given)
    begun = time.monotonic()
    memories = Memories(None if options.no_cache else options.cache_dir, enabled=not options.no_cache)
    with memories:
        start = begin(
            _places(options),
            config=config,
            isolated=isolated,
            trust_packs=trust_packs,
            values=values,
            known=memories.validated,
        )
        request = dataclasses.replace(_request(options, start), memory=memories.of(start.configuration.root))
        if options.show_files:
            return _show_files(request)
        return _check(request, options, start, begun)


def _check(request: Request, options: Options, start: Start, begun: float) -> int:
    settled: Settled | None = None
    with terminal.Progress(options.quiet) as progress:
        timings = Timings(progress.stage)
        request = dataclasses.replace(request, stage=timings.stage, saw=timings.saw)
        if options.mends:
            examination, settled = _mended(request, options)
        else:
            examination = _examiner(request, options)(request)
    timings.stage("reporting")
    written = fixes.carry_out(settled, request, options) if settled else True
    if settled and options.show_fixes:
        terminal.tell(fixes.listed(settled.applied), sys.stderr if reporting.is_machine(options) else None)
    if not (options.diff or options.fix_only or (options.from_stdin and options.mends)):
        with contextlib.suppress(BrokenPipeError):  # `| head` has seen enough; the code is what it is
            reporting.report(examination, options, start)
    elif not (options.quiet and examination.outcome.complete):
        fixable = fixable_line(examination.outcome, unsafe_fixes=options.unsafe_fixes)
        terminal.write([summary_line(examination.outcome), *([fixable] if fixable else [])], sys.stderr)
    if options.timings:
        terminal.write(timings.table(), sys.stderr)
    if options.verbose:
        reporting.tell_details(start, examination, time.monotonic() - begun)
    if settled and not written:
        return MISTAKE
    return _exit_code(examination.outcome, settled, options, start)


def _pairs(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, tuple[str, ...]] = {}
    for text in texts:
        pattern, colon, selector = text.rpartition(":")
        if not colon or not pattern or not selector:
            raise UserError(f"--per-file-ignores: {text!r} is not PATTERN:RULE")
        pairs[pattern] = (*pairs.get(pattern, ()), selector)
    return pairs


def _places(options: Options) -> list[str]:
    """The paths by which the configuration is found."""
    if not options.from_stdin:
        return list(options.paths)
    if len(options.paths) > 1:
        raise UserError("`-` reads standard input and goes with no other path")
    folder = Path(options.stdin_filename or "x").parent.resolve()
    return [str(folder)] if folder.is_relative_to(Path.cwd()) and folder.is_dir() else []


def _request(options: Options, start: Start) -> Request:
    from registry_lint.baseline import Baseline
    from registry_lint.request import Request

    configuration = start.configuration
    request = Request(
        root=configuration.root,
        settings=configuration.settings,
        rules=start.rules,
        paths=options.paths,
        force_exclude=options.force_exclude,
        positions=configuration.positions,
        every_file=options.strict,
        jobs=options.jobs,
    )
    if options.baseline:
        request = dataclasses.replace(request, baseline=Baseline.read(Path(options.baseline), configuration.root))
    elif configuration.settings.baseline:
        file = configuration.root / configuration.settings.baseline
        request = dataclasses.replace(request, baseline=Baseline.read(file, configuration.root))
    if options.from_stdin:
        path = _inside(configuration.root, options.stdin_filename or "<stdin>.py")
        content = sys.stdin.buffer.read() if sys.stdin else b""
        request = dataclasses.replace(request, paths=(), unsaved={path: content})
    return request


def _inside(root: Path, name: str) -> str:
    """A path relative to the root. Raises UserError where it lies outside."""
    from registry_lint.source.spelt import Folders

    place = Path(os.path.normpath(Path.cwd() / name))
    place = place.parent.resolve() / place.name
    if not place.is_relative_to(root):
        raise UserError(Mistake(f"--stdin-filename: {name} lies outside of the project {root}"))
    return Folders(root).spelt(place.relative_to(root).as_posix())


def _examiner(request: Request, options: Options) -> Callable[[Request], Examination]:
    """The function that lints one state of the project, as the options want it."""
    from registry_lint.run import examine, sift

    if not options.since:
        return examine
    from registry_lint.since import findings_at

    request.stage(f"reading {options.since}")
    known = findings_at(request, options.since)
    return lambda request: sift(examine(request), known)


def _mended(request: Request, options: Options) -> tuple[Examination, Settled]:
    from registry_lint.mend import mend
    from registry_lint.suggest.apply import recover

    if not options.diff and not options.from_stdin:
        fixes.tell_finished(recover(request.root))
    settled, examination = mend(request, options.applicabilities, _examiner(request, options))
    return examination, settled


def _show_files(request: Request) -> int:
    from registry_lint.report.visible import visible
    from registry_lint.request import gather

    terminal.tell(visible(path) for path in sorted(gather(request).reported))
    return CLEAN


def _exit_code(outcome: Outcome, settled: Settled | None, options: Options, start: Start) -> int:
    if options.strict and not outcome.complete:
        return MISTAKE
    if options.exit_zero:
        return CLEAN
    if settled and settled.changes and (options.diff or options.exit_non_zero_on_fix):
        return FINDINGS
    if options.diff or options.fix_only:
        return CLEAN
    least = _WEIGHT[start.configuration.settings.fail_on]
    return FINDINGS if any(_WEIGHT[finding.severity] >= least for finding in outcome.findings) else CLEAN

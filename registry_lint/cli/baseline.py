"""`registry-lint baseline`."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry_lint.cli import CLEAN, FINDINGS, terminal
from registry_lint.cli.reporting import deliver
from registry_lint.cli.start import begin, configured, reported
from registry_lint.errors import Mistake, UserError
from registry_lint.housekeeping import UNPARSABLE
from registry_lint.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry_lint.baseline import Baseline
    from registry_lint.cli.start import Start
    from registry_lint.fingerprint import Identity
    from registry_lint.run import Examination

_file = click.option(
    "--baseline", "name", metavar="FILE", type=click.Path(), help="The file, instead of the configured one."
)


_strict = click.option(
    "--strict", is_flag=True, help="Write nothing, and exit with 2, where anything was not examined."
)


@click.group()
def command() -> None:
    """Write, prune or show the file of known findings.

    A run with a baseline reports only what is new. Commit the file: it is sorted, one entry a line, without line
    numbers.
    """


@command.command()
@click.option("--grow", is_flag=True, help="Take new findings into a baseline that is there.")
@_strict
@_file
@configured
def write(name: str | None, grow: bool, strict: bool, **configuration: Any) -> int:
    """Take all present findings into the baseline.

    Counts only fall: a baseline that is there takes no new findings, unless `--grow` says so. Nothing is written
    where a file could not be examined.
    """
    from registry_lint import baseline

    start = begin((), **configuration)
    file = _located(start, name)
    examination = _examined(start, strict)
    now = {judged.identity for judged in examination.findings}
    if file.exists():
        old = baseline.Baseline.read(file, start.configuration.root)
        parted = old.part([judged.identity for judged in examination.findings], examination.gathered.corpus.paths)
        now |= _unjudged(parted.stale, examination)
        if parted.fresh and not grow:
            fresh = len(parted.fresh)
            raise UserError(
                Mistake(
                    f"{fresh} finding{'s are' if fresh > 1 else ' is'} new, and a baseline only shrinks",
                    path=_shown(file),
                    hint="mend them, or say --grow to take them in as well",
                )
            )
    save(file, now)
    if not start.configuration.settings.baseline and name is None:
        where = _shown(start.configuration.path) if start.configuration.path else "the configuration"
        terminal.tell([f'To use it, put `baseline = "{file.name}"` into {where}, and commit both.'])
    return CLEAN


@command.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where there is something to prune.")
@_strict
@_file
@configured
def prune(name: str | None, check: bool, strict: bool, **configuration: Any) -> int:
    """Remove the entries that match nothing any more."""
    start = begin((), **configuration)
    file = _located(start, name)
    known = _read(start, file)
    examination = _examined(start, strict)
    parted = known.part([judged.identity for judged in examination.findings], examination.gathered.corpus.paths)
    unjudged = _unjudged(parted.stale, examination)
    stale = set(parted.stale) - unjudged
    if check:
        terminal.tell(_lines(sorted(stale)))
        return FINDINGS if stale else CLEAN
    # What is held is written as it is found now, so that a renamed file has its new name from here on.
    held = {examination.findings[index].identity for index in parted.held}
    save(file, held | unjudged)
    terminal.write([f"{len(stale)} removed."])
    return CLEAN


@command.command()
@reported
@_file
@configured
def show(name: str | None, output_format: str, output_file: str | None, **configuration: Any) -> int:
    """List what the baseline holds, and how much of each rule."""
    from registry_lint.report.json_records import json_text
    from registry_lint.report.visible import guarded

    start = begin((), **configuration)
    known = _read(start, _located(start, name))
    if output_format == "json":
        deliver(json_text([entry._asdict() for entry in known.entries], indent=2).split("\n"), output_file)
        return CLEAN
    counts = Counter(visible(entry.code) for entry in known.entries)
    table = [f"{count:>5}  {code}" for code, count in sorted(counts.items())]
    deliver([*guarded(_lines(known.entries)), *table], output_file)
    return CLEAN


def _located(start: Start, name: str | None) -> Path:
    """The baseline's file. A configured one lies in the project, also when a link is on its way."""
    from registry_lint.baseline import DEFAULT_NAME

    if name is not None:
        return Path(name)
    root = start.configuration.root
    file = root / (start.configuration.settings.baseline or DEFAULT_NAME)
    if not file.resolve().is_relative_to(root):
        raise UserError(Mistake("the configured baseline lies outside of the project", path=str(file)))
    return file


def _read(start: Start, file: Path) -> Baseline:
    from registry_lint.baseline import Baseline

    return Baseline.read(file, start.configuration.root)


def _examined(start: Start, strict: bool) -> Examination:
    """A run over the whole project. Raises UserError where it is partial: entries would be lost.

    `strict` counts files that do not parse and bounds as partial, too.
    """
    from registry_lint.request import Request
    from registry_lint.run import examine

    configuration = start.configuration
    request = Request(configuration.root, configuration.settings, start.rules, suggest=False)
    with terminal.Progress(quiet=False) as progress:
        examination = examine(dataclasses.replace(request, stage=progress.stage))
    refuse_partial(examination)
    if strict and not examination.outcome.complete:
        from registry_lint.report import summary_line

        raise UserError(
            Mistake(
                "the baseline is left as it is, since --strict demands that everything is examined",
                hint=summary_line(examination.outcome),
            )
        )
    return examination


def refuse_partial(examination: Examination) -> None:
    """Raise UserError where a run did not see every file: the known findings of those would be lost.

    A bound that was met is no reason: every run over this code meets it, so that a baseline fits what `check` says.
    A large project would never get one.
    """
    unparsable = _unparsable(examination)
    gaps = [f"{path}: {reason}" for path, reason in examination.outcome.unexamined if path not in unparsable]
    if gaps:
        more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        raise UserError(
            Mistake(
                f"the baseline is left as it is, since this run did not see everything: {gaps[0]}{more}",
                hint="mend or exclude what could not be examined; its known findings would be lost",
            )
        )


def _unparsable(examination: Examination) -> frozenset[str]:
    """The files that do not parse: each is a finding of its own, and no reason to refuse the others' entries."""
    return frozenset(judged.finding.span.path for judged in examination.findings if judged.finding.code == UNPARSABLE)


def _unjudged(entries: Iterable[Identity], examination: Examination) -> set[Identity]:
    """Entries of files that do not parse at present: nobody knows whether they are stale."""
    unparsable = _unparsable(examination)
    return {entry for entry in entries if entry.path in unparsable and entry.code != UNPARSABLE}


def save(file: Path, entries: Iterable[Identity]) -> None:
    """Write a baseline, and say how much is in it."""
    from registry_lint import baseline

    entries = set(entries)
    baseline.write(file, entries)
    terminal.tell([f"{len(entries)} finding{'' if len(entries) == 1 else 's'} in {_shown(file)}."])


def _lines(entries: Iterable[Identity]) -> list[str]:
    return [visible(f"{e.path}: {e.code} in {e.symbol}" if e.symbol else f"{e.path}: {e.code}") for e in entries]


def _shown(file: Path) -> str:
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else str(file)

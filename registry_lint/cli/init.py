"""`registry-lint init`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry_lint.cli import CLEAN, MISTAKE, terminal
from registry_lint.cli.start import common_folder
from registry_lint.errors import Mistake, UserError
from registry_lint.source.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.load import Configuration
    from registry_lint.inference import Inferred
    from registry_lint.run import Examination


@click.command()
@click.argument("path", default=".", type=click.Path())
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@click.option("--baseline", is_flag=True, help="Take what is found at present into a baseline as well.")
@click.option("--strict", is_flag=True, help="Write nothing, and exit with 2, where a file cannot be examined.")
def command(path: str, dry_run: bool, baseline: bool, strict: bool) -> int:
    """Look at a project and write down what its code shows, for you to correct.

    Registries with their methods and factories, trackers with their accessors, and bases of tools go into
    pyproject.toml where there is one, else into registry-lint.toml. What stands there stays as it is.
    """
    from registry_lint.config.load import CommandLine, load

    configuration = load(common_folder([path]), CommandLine())
    with terminal.Progress(quiet=False) as progress:
        progress.stage("looking at the code")
        inferred, unseen = _inferred(configuration)
    if unseen:
        terminal.tell([f"Not examined: {one}" for one in unseen], sys.stderr)
        if strict:
            return MISTAKE
    file = _file(configuration)
    text = _read(file)
    new, added = _written(file, text, inferred)
    terminal.tell(_summary(inferred))
    if not added:
        terminal.tell([f"{_shown(file)} says all of it already." if inferred.remarks else "Nothing to write down."])
    elif dry_run:
        from difflib import unified_diff

        lines = unified_diff(text.splitlines(), new.splitlines(), _shown(file), _shown(file), lineterm="")
        terminal.tell(["", *lines])
    else:
        _write(file, new, configuration.root)
        entries = "one entry" if len(added) == 1 else f"{len(added)} entries"
        terminal.tell([f"Written to {_shown(file)}: {entries}. Read it, and correct what is wrong."])
    return CLEAN if dry_run else _findings(configuration, baseline)


def _inferred(configuration: Configuration) -> tuple[Inferred, tuple[str, ...]]:
    """What the code shows, and what of it could not be seen: files with the reason, and bounds."""
    from registry_lint.inference import infer
    from registry_lint.project.model import Project
    from registry_lint.request import Request, gather

    gathered = gather(Request(configuration.root, configuration.settings, ()))
    project = Project(gathered.corpus, configuration.settings)
    inferred = infer(project)
    unread = {problem.path: problem.reason for problem in gathered.problems}
    unread |= {path: why.message for path, why in project.unparsable.items()}
    return inferred, (*(f"{path}: {why}" for path, why in sorted(unread.items())), *project.bounds)


def _file(configuration: Configuration) -> Path:
    """The file to write: the nearest configuration, else the project's pyproject.toml, else a file of our own."""
    if configuration.path is not None:
        return configuration.path
    pyproject = configuration.root / "pyproject.toml"
    return pyproject if pyproject.is_file() else configuration.root / "registry-lint.toml"


def _read(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", newline="") as stream:  # as it is: line ends stay
            return stream.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(Mistake(f"cannot be read: {error}", path=str(file))) from error


def _written(file: Path, text: str, inferred: Inferred) -> tuple[str, tuple[str, ...]]:
    from registry_lint.config.write import with_contracts

    try:
        return with_contracts(text, inferred.contracts, inferred.remarks, pyproject=file.name == "pyproject.toml")
    except ValueError as error:
        raise UserError(Mistake(f"not TOML: {error}", path=_shown(file))) from error


def _write(file: Path, text: str, root: Path) -> None:
    """Write the configuration; through a link only where that stays in the project."""
    target = file.resolve()
    if not target.is_relative_to(root.resolve()):
        raise UserError(Mistake("lies outside of the project", path=_shown(file)))
    try:
        write_whole(target, text.encode(), target.with_name(f".{target.name}.new"))
    except OSError as error:
        raise UserError(Mistake(f"cannot be written: {error.strerror}", path=_shown(file))) from error


def _summary(inferred: Inferred) -> Iterator[str]:
    contracts = inferred.contracts
    for title, found in (("Registries", contracts.registries), ("Trackers", contracts.trackers)):
        if found:
            yield f"{title}:"
        for contract in found:
            where = f"{contract.origin.path}:{contract.origin.row}" if contract.origin else ""
            yield f"  {contract.path}  ({where}; {inferred.remarks[contract.path]})"
            reached = getattr(contract, "factories", ()) or (getattr(contract, "accessor", ""),)
            yield from (f"    through {name}" for name in reached if name)
    if contracts.tools.bases:
        yield "Bases of tools:"
        yield from (f"  {base}  ({inferred.remarks[base]})" for base in contracts.tools.bases)


def _findings(configuration: Configuration, take: bool) -> int:
    """Say what a run would report now, and take it into a baseline, or say how."""
    from registry_lint.config.load import CommandLine, load
    from registry_lint.packs import load_rules
    from registry_lint.report import summary_line
    from registry_lint.request import Request
    from registry_lint.run import examine

    configuration = load(configuration.root, CommandLine())
    rules = load_rules(configuration.settings, root=configuration.root, isolated=True)
    with terminal.Progress(quiet=False) as progress:
        request = Request(configuration.root, configuration.settings, rules, suggest=False, stage=progress.stage)
        examination = examine(request)
    terminal.write([summary_line(examination.outcome)])
    if not examination.findings or configuration.settings.baseline:
        return CLEAN
    if take:
        _take(configuration, examination)
    else:
        terminal.write(["`registry-lint baseline write` takes these as known, so that only new ones are reported."])
    return CLEAN


def _take(configuration: Configuration, examination: Examination) -> None:
    """Write a baseline, and into the configuration that it is there."""
    from registry_lint.baseline import DEFAULT_NAME
    from registry_lint.cli.baseline import refuse_partial, save
    from registry_lint.config.write import with_baseline

    refuse_partial(examination)
    save(configuration.root / DEFAULT_NAME, (one.identity for one in examination.findings))
    file = _file(configuration)
    text = with_baseline(_read(file), DEFAULT_NAME, pyproject=file.name == "pyproject.toml")
    _write(file, text, configuration.root)
    terminal.tell([f"{_shown(file)} names it. Commit both; `registry-lint check` reports what is new from here on."])


def _shown(file: Path) -> str:
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else str(file)

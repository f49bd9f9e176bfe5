"""What commands share: options, and the way from a command line to settings, rules and a request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from registry_lint.errors import Mistake, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from registry_lint.config.load import Configuration
    from registry_lint.rule import Rule
    from registry_lint.select import Rulebook

Command = TypeVar("Command", bound="Callable[..., Any]")


def listed(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """The values of an option that takes several with commas between them: `--select REG101,REG2`."""
    return None if value is None else tuple(part.strip() for part in value.split(",") if part.strip())


def configured(command: Command) -> Command:
    """The options with which a command finds its configuration and its rules."""
    for option in (
        click.option("--trust-packs", is_flag=True, help="Load the project's own rules; this runs their code."),
        click.option("--isolated", is_flag=True, help="Read no configuration and no packs."),
        click.option(
            "--config",
            "config",
            multiple=True,
            metavar="PATH|'KEY = VALUE'",
            help="A configuration file, or one setting as TOML. May be repeated.",
        ),
    ):
        command = option(command)
    return command


def coloured(command: Command) -> Command:
    """The option --color."""
    return click.option(
        "--color",
        "colour",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="When to use colour. `auto` minds NO_COLOR, FORCE_COLOR and the terminal.",
    )(command)


class Start(NamedTuple):
    """What every command begins with."""

    configuration: Configuration
    rules: tuple[type[Rule], ...]
    rulebook: Rulebook


def begin(
    paths: Sequence[str],
    *,
    config: Sequence[str] = (),
    isolated: bool = False,
    trust_packs: bool = False,
    values: Mapping[str, object] | None = None,
) -> Start:
    """Read the configuration for some paths and load the rules. Raises UserError with all mistakes."""
    from registry_lint.config.load import CommandLine, load
    from registry_lint.packs import TRUST_VARIABLE, load_rules

    configuration = load(common_folder(paths), CommandLine(config, isolated, values or {}))
    trusted = trust_packs or os.environ.get(TRUST_VARIABLE, "") not in ("", "0")
    rules = load_rules(configuration.settings, root=configuration.root, isolated=isolated, trusted=trusted)
    rulebook = book(rules)
    mistakes = [*_unknown_in_files(configuration, rulebook), *_unknown_values(values or {}, rulebook)]
    if mistakes:
        raise UserError(*mistakes)
    return Start(configuration, rules, rulebook)


def book(rules: Sequence[type[Rule]]) -> Rulebook:
    """The rulebook of some rules and of the housekeeping."""
    from registry_lint import housekeeping
    from registry_lint.select import Rulebook

    return Rulebook(housekeeping.cards(rules))


def common_folder(paths: Sequence[str]) -> Path:
    """The innermost folder that holds all paths; the working folder where there are none.

    Paths that have nothing in common but a folder above the working folder do not make that a project.
    """
    places = [Path(path).resolve() for path in paths]
    if missing := [path for path, place in zip(paths, places, strict=True) if not os.path.lexists(place)]:
        raise UserError(*(Mistake(f"no such file or folder: {path}") for path in missing))
    if not places:
        return Path.cwd()
    common = Path(os.path.commonpath(places))
    here = Path.cwd()
    if common not in places and here != common and here.is_relative_to(common):
        return here
    return common if common.is_dir() else common.parent


def _unknown_in_files(configuration: Configuration, rulebook: Rulebook) -> Iterator[Mistake]:
    """Selectors in configuration files that mean no rule, each where it stands."""
    from registry_lint.config.load import selectors_in

    for document in configuration.documents:
        for location, selector in selectors_in(document):
            if selector != "ALL" and not rulebook.codes_of(selector):
                yield document.mistake(location, f"there is no rule `{selector}`", _hint(selector, rulebook))


def _unknown_values(values: Mapping[str, object], rulebook: Rulebook) -> Iterator[Mistake]:
    """Selectors on the command line that mean no rule."""
    from registry_lint.select import unknown_selectors

    for key in ("select", "ignore", "extend-select", "per-file-ignores"):
        value = values.get(key, ())
        if isinstance(value, dict):
            value = [selector for selectors in value.values() for selector in selectors]
        assert isinstance(value, (tuple, list))
        for selector in unknown_selectors(rulebook, value):
            yield Mistake(f"--{key}: there is no rule `{selector}`", hint=_hint(selector, rulebook))


def _hint(selector: str, rulebook: Rulebook) -> str:
    nearest = rulebook.nearest(selector)
    return f"did you mean `{nearest}`?" if nearest else "`registry-lint rules` lists all rules"

"""What commands share: options, and the way from a command line to settings, rules and a request."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

import click

from registry_lint.api import Start, common_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from click.shell_completion import CompletionItem

    from registry_lint.config.load import Known

Command = TypeVar("Command", bound="Callable[..., Any]")


class Choice(click.Choice[str]):
    """One of several words; of a wrong one, the nearest is named."""

    def get_invalid_choice_message(self, value: str, ctx: click.Context | None) -> str:
        """What is said of a word that is none of them."""
        import difflib

        close = difflib.get_close_matches(value, self.choices, 1, 0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return f"{super().get_invalid_choice_message(value, ctx)}{hint}"


def listed(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """The values of an option that takes several with commas between them: `--select REG101,REG2`."""
    return None if value is None else tuple(part.strip() for part in value.split(",") if part.strip())


def labels(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completions of what a shell's user has begun to write: codes and names of the built-in rules, after a comma too.

    The project's own rules are left out: nothing of a project runs because somebody pressed a key.
    """
    from click.shell_completion import CompletionItem

    from registry_lint import housekeeping
    from registry_lint.config.settings import Settings
    from registry_lint.packs import load_rules

    before, comma, begun = incomplete.rpartition(",")
    cards = housekeeping.cards(load_rules(Settings.default(), isolated=True))
    pairs = [(label, card.sentence) for card in cards for label in (card.code, card.name)]
    found = [pair for pair in sorted(pairs) if pair[0].lower().startswith(begun.lower())]
    return [CompletionItem(f"{before}{comma}{label}", help=sentence) for label, sentence in found]


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


def reported(command: Command) -> Command:
    """The options --output-format, for people or as JSON, and --output-file."""
    for option in (
        click.option("-o", "--output-file", type=click.Path(dir_okay=False), help="Write the report to a file."),
        click.option("--output-format", type=Choice(["text", "json"]), default="text", show_default=True),
    ):
        command = option(command)
    return command


def coloured(command: Command) -> Command:
    """The option --color."""
    return click.option(
        "--color",
        "colour",
        type=Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="When to use colour. `auto` minds NO_COLOR, FORCE_COLOR and the terminal.",
    )(command)


def begin(
    paths: Sequence[str],
    *,
    config: Sequence[str] = (),
    isolated: bool = False,
    trust_packs: bool = False,
    values: Mapping[str, object] | None = None,
    known: Known | None = None,
) -> Start:
    """Read the configuration for some paths and load the rules. Raises UserError with all mistakes."""
    from registry_lint import api
    from registry_lint.packs import TRUST_VARIABLE

    trusted = trust_packs or os.environ.get(TRUST_VARIABLE, "") not in ("", "0")
    return api.begin(paths, config=config, isolated=isolated, trust_packs=trusted, values=values, known=known)


__all__ = ["Choice", "Start", "begin", "coloured", "common_folder", "configured", "labels", "listed", "reported"]

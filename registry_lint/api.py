"""registry-lint for scripts: from paths to an outcome, without a command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.errors import Mistake, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from registry_lint.config.load import Configuration, Known
    from registry_lint.findings import Outcome
    from registry_lint.rule import Rule
    from registry_lint.select import Rulebook


def check_paths(
    *paths: str | os.PathLike[str],
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    config: Sequence[str] = (),
    isolated: bool = False,
    trust_packs: bool = False,
) -> Outcome:
    """Lint the project that some files or folders lie in (none: that of the working folder).

    The whole project is analysed; the outcome holds the findings in the given paths, with what their rules suggest,
    after suppressions and the configured baseline. `select` and `ignore` hold codes, names, prefixes of codes or
    "ALL" and replace what is configured; `config` is what the command line's --config takes; with `isolated`, no
    configuration is read and no pack loaded. With `trust_packs`, the rules of the project's own folders are loaded,
    which runs their code.

    Raises UserError with every mistake that the user must mend: a path that does not exist, a wrong configuration, a
    rule that does not load.
    """
    from registry_lint.baseline import Baseline
    from registry_lint.request import Request
    from registry_lint.run import check

    values = {key: tuple(value) for key, value in (("select", select), ("ignore", ignore)) if value is not None}
    start = begin(
        [os.fspath(path) for path in paths], config=config, isolated=isolated, trust_packs=trust_packs, values=values
    )
    root, settings = start.configuration.root, start.configuration.settings
    known = Baseline.read(root / settings.baseline, root) if settings.baseline else None
    positions = start.configuration.positions
    return check(
        Request(root, settings, start.rules, [os.fspath(path) for path in paths], baseline=known, positions=positions)
    )


class Start(NamedTuple):
    """What every run begins with."""

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
    known: Known | None = None,
) -> Start:
    """Read the configuration for some paths and load the rules. Raises UserError with all mistakes."""
    from registry_lint.config.load import CommandLine, load
    from registry_lint.packs import load_rules

    configuration = load(common_folder(paths), CommandLine(config, isolated, values or {}), known)
    rules = load_rules(configuration.settings, root=configuration.root, isolated=isolated, trusted=trust_packs)
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
    from registry_lint.config.documents import selectors_in

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

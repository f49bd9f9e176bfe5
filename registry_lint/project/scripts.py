"""Console scripts, as pyproject.toml and setup.cfg declare them. Read as data: no build backend is run."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.config.documents import LARGEST
from registry_lint.config.positions import is_bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry_lint.source.corpus import Corpus

_LONGEST_LINE = 1_000  # of a setup.cfg
_DEEPEST = 2  # folders below the root in which a distribution of a monorepo may have its pyproject.toml


class Script(NamedTuple):
    """A command that an installation puts on the path; `target` is the function's dotted name."""

    name: str
    target: str
    declared_in: str


def declared(corpus: Corpus) -> tuple[Script, ...]:
    """All scripts of all distributions of a project, sorted. What cannot be read declares none."""
    found: set[Script] = set()
    for folder in _folders(corpus.paths):
        for name, read in (("pyproject.toml", _from_pyproject), ("setup.cfg", _from_setup_cfg)):
            path = f"{folder}{name}"
            try:
                text = corpus.read(path).decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                continue
            if len(text) > LARGEST:
                continue
            found.update(Script(script, target, path) for script, target in read(text))
    return tuple(sorted(found))


def _folders(paths: Iterable[str]) -> Iterator[str]:
    folders = {""}
    for folder in {path.rpartition("/")[0] for path in paths} - folders:
        parts = folder.split("/")[:_DEEPEST]
        folders.update("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))
    yield from sorted(folders)


def _from_pyproject(text: str) -> Iterator[tuple[str, str]]:
    try:
        document = tomllib.loads(text) if is_bounded(text) else {}
    except (ValueError, RecursionError):  # no TOML, a number of 5,000 digits, brackets in brackets
        return
    for keys in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        table: object = document
        for key in keys:
            table = table.get(key) if isinstance(table, dict) else None
        for name, target in table.items() if isinstance(table, dict) else ():
            if isinstance(target, dict):  # poetry: { reference = "module:function", type = "console" }
                target = target.get("reference", target.get("callable"))
            if isinstance(target, str):
                yield str(name), _dotted(target)


def _from_setup_cfg(text: str) -> Iterator[tuple[str, str]]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        # configparser's own expressions take time that grows with the square of a line's length.
        parser.read_string("\n".join(line for line in text.splitlines() if len(line) <= _LONGEST_LINE))
    except configparser.Error:
        return
    for option in ("console_scripts", "gui_scripts"):
        for line in parser.get("options.entry_points", option, fallback="").splitlines():
            name, _, target = line.partition("=")
            if target.strip():
                yield name.strip(), _dotted(target)


def _dotted(target: str) -> str:
    """`package.module:object [extra]` as a dotted name."""
    return target.partition("[")[0].strip().replace(":", ".")

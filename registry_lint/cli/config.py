"""`registry-lint config`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry_lint.cli import CLEAN, terminal
from registry_lint.cli.start import common_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.load import Configuration


@click.command()
@click.argument("path", default=".", type=click.Path())
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a configuration file.")
@click.option("--config", multiple=True, metavar="PATH|'KEY = VALUE'", help="A configuration file, or one setting.")
@click.option("--isolated", is_flag=True, help="Read no configuration.")
def command(path: str, schema: bool, config: tuple[str, ...], isolated: bool) -> int:
    """Show the settings that hold for a folder, as TOML, and where each was said."""
    if schema:
        from registry_lint.config.schema import json_schema

        terminal.write([json.dumps(json_schema(), indent=2)])
        return CLEAN
    from registry_lint.config.load import CommandLine, load

    terminal.tell(_as_toml(load(common_folder([path]), CommandLine(config, isolated))))
    return CLEAN


def _as_toml(configuration: Configuration) -> Iterator[str]:
    here = Path.cwd()
    yield f"# configuration: {configuration.path or 'none'}"
    yield f"# project root: {configuration.root if configuration.root != here else '.'}"
    for key, value in _effective(configuration).items():
        yield f"{key} = {_toml(value)}  # {configuration.origins.get(key, 'default')}"


def _effective(configuration: Configuration) -> dict[str, Any]:
    """Every setting by the key that a file uses; contracts only where something was said of them."""
    import msgspec

    settings: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(configuration.settings))
    contracts = settings.pop("contracts")
    settings["per_file_ignores"] = {entry["pattern"]: entry["selectors"] for entry in settings["per_file_ignores"]}
    shown = {key.replace("_", "-"): value for key, value in settings.items()}
    for name, value in contracts.items():
        key = name.replace("_", "-")
        if key in configuration.origins:
            shown[key] = _written(value)
    return shown


def _written(value: Any) -> Any:
    """A contract with the keys that a file uses, and without what it leaves empty."""
    if isinstance(value, dict):
        return {
            ("class" if key == "path" and "kind" not in value else key.replace("_", "-")): _written(inner)
            for key, inner in value.items()
            if key != "origin" and inner not in ("", [], None)
        }
    return [_written(inner) for inner in value] if isinstance(value, list) else value


def _toml(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items() if inner is not None)
        inside = ", ".join(pairs)
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(value)

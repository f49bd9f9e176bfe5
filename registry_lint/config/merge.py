"""From the tables of several documents to one, and from that to settings.

A later value replaces an earlier one; `severity` and `per-file-ignores` are merged key by key; lists of tables
(contracts, overrides) are joined. Patterns and paths are turned into what they are as seen from the root.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from registry_lint.config.contracts import Contracts, Origin
from registry_lint.config.globs import rebased
from registry_lint.config.settings import Override, PerFileIgnore, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from registry_lint.config.documents import Document
    from registry_lint.config.positions import KeyPath

_JOINED = ("registries", "trackers", "canonical", "superseded", "forbid", "overrides")
_MERGED = ("severity", "per-file-ignores")
_CONTRACTS = ("registries", "tools", "schemas", "trackers", "canonical", "superseded", "contexts", "forbid")


def below(folder: Path, root: Path) -> str:
    """A folder as seen from the root; "" for the root itself, and for what is outside of it."""
    return folder.relative_to(root).as_posix().removeprefix(".") if folder.is_relative_to(root) else ""


def merged(chain: Sequence[Document], root: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """One table of all documents, the weakest first, and which of them said what."""
    joined: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for document in chain:
        for key, value in _rebased(document, root).items():
            if key in _JOINED:
                joined[key] = [*joined.get(key, ()), *value]
                origins[key] = f"{origins[key]}, {document.name}" if key in origins else document.name
            elif key in _MERGED:
                joined[key] = {**joined.get(key, {}), **value}
                origins[key] = f"{origins[key]}, {document.name}" if key in origins else document.name
            else:
                joined[key] = value
                origins[key] = document.name
    return joined, origins


def _rebased(document: Document, root: Path) -> dict[str, Any]:
    """A document's table with its patterns and paths as seen from the root, and contracts that know their origin."""
    folder = below(document.folder, root)
    table = dict(document.table)
    for key in ("exclude", "extend-exclude", "tests"):
        if key in table:
            table[key] = [rebased(pattern, folder) for pattern in table[key]]
    if "per-file-ignores" in table:
        table["per-file-ignores"] = {rebased(p, folder): value for p, value in table["per-file-ignores"].items()}
    if "overrides" in table:
        table["overrides"] = [
            {**override, "paths": [rebased(pattern, folder) for pattern in override["paths"]]}
            for override in table["overrides"]
        ]
    for key in ("source-roots", "packs"):
        if key in table and folder:
            table[key] = [f"{folder}/{path}".removesuffix("/.") for path in table[key]]
    if folder and table.get("baseline"):
        table["baseline"] = f"{folder}/{table['baseline']}"
    for key in _CONTRACTS:
        if isinstance(table.get(key), list):
            table[key] = [{**entry, "origin": _origin(document, (key, i))} for i, entry in enumerate(table[key])]
        elif key in table:
            table[key] = {**table[key], "origin": _origin(document, (key,))}
    return table


def _origin(document: Document, location: KeyPath) -> Origin | None:
    place = document.places.get((*document.prefix, *location))
    return Origin(document.name, place.row, place.column) if place else None


def settings_of(table: Mapping[str, Any]) -> Settings:
    """Settings from a valid table. What it does not say keeps its default."""
    import msgspec

    values: dict[str, Any] = {key.replace("-", "_"): value for key, value in table.items()}
    for key in ("extend", "root", "required_version"):
        values.pop(key, None)
    contracts = {name: values.pop(name) for name in (*_CONTRACTS, "entry_points", "release_names") if name in values}
    if "per_file_ignores" in values:
        values["per_file_ignores"] = tuple(
            PerFileIgnore(pattern, tuple(selectors)) for pattern, selectors in values["per_file_ignores"].items()
        )
    if "overrides" in values:
        values["overrides"] = tuple(msgspec.convert(_plain(override), Override) for override in values["overrides"])
    values["contracts"] = msgspec.convert({key: _plain(value) for key, value in contracts.items()}, Contracts)
    return msgspec.convert(values, Settings)


def _plain(value: Any) -> Any:
    """A table with Python's names for its keys."""
    if isinstance(value, Mapping):
        renamed = {"class": "path"}
        return {renamed.get(key, key.replace("-", "_")): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value

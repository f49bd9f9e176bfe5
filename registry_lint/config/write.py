"""Writing contracts into a configuration file, keeping all that stands there: keys, comments, layout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import tomlkit
from tomlkit import items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry_lint.config.contracts import Contracts, RegistryContract, TrackerContract


# A table's header with the line after it, where none is blank before it: enough to know an old one from a new one.
_HEADER = re.compile(r"(?<=[^\n]\n)\[\[?[^\n]*\n[^\n]*")


class Addition(NamedTuple):
    """One contract as a table: where it goes, the comment above its keys, and the keys."""

    key: str  # registries, trackers
    name: str
    comment: str
    table: dict[str, Any]


def additions(contracts: Contracts, remarks: Mapping[str, str]) -> Iterator[Addition]:
    """The registries and trackers of inferred contracts, in order."""
    for registry in contracts.registries:
        yield Addition("registries", registry.path, _comment(registry, remarks), _registry(registry))
    for tracker in contracts.trackers:
        table = {"class": tracker.path, "accessor": tracker.accessor}
        yield Addition("trackers", tracker.path, _comment(tracker, remarks), table)


def with_contracts(
    text: str, contracts: Contracts, remarks: Mapping[str, str], *, pyproject: bool
) -> tuple[str, tuple[str, ...]]:
    """A configuration file's text with what it does not say yet, and the names of what was added.

    Raises ValueError (tomlkit's) where the text is no TOML.
    """
    document, table = _parsed(text, pyproject)
    added = []
    for addition in additions(contracts, remarks):
        if addition.name not in _known(table.get(addition.key, ())):
            _append(table, addition)
            added.append(addition.name)
    bases = [base for base in contracts.tools.bases if base not in table.get("tools", {}).get("bases", ())]
    if bases:
        tools = table.setdefault("tools", tomlkit.table())
        if "bases" in tools:
            tools["bases"].extend(bases)
        else:
            tools.add("bases", _list(bases))
        added += bases
    return _spaced(tomlkit.dumps(document), text), tuple(added)


def with_baseline(text: str, name: str, *, pyproject: bool) -> str:
    """A configuration file's text with the baseline that it uses. Raises ValueError where the text is no TOML."""
    document, table = _parsed(text, pyproject)
    table["baseline"] = name
    new = tomlkit.dumps(document).replace("\r\n", "\n").strip("\n") + "\n"
    new = re.sub(r"^(baseline = [^\n]*\n)(?=\[)", r"\1\n", new, flags=re.MULTILINE)
    return new.replace("\n", "\r\n") if "\r\n" in text else new


def _parsed(text: str, pyproject: bool) -> tuple[tomlkit.TOMLDocument, Any]:
    """A document, and the table in it that is ours."""
    document = tomlkit.parse(text)
    if not pyproject:
        return document, document
    tool: Any = document.setdefault("tool", tomlkit.table(is_super_table=True))
    return document, tool.setdefault("registry-lint", tomlkit.table())


def _spaced(text: str, before: str) -> str:
    """A blank line before every table that is new, and the line ends that the file had."""
    old = set(_HEADER.findall(before.replace("\r\n", "\n")))
    text = text.replace("\r\n", "\n")
    text = _HEADER.sub(lambda match: match[0] if match[0] in old else f"\n{match[0]}", text)
    text = re.sub(r"\n{3,}(?=\[)", "\n\n", text).lstrip("\n") if before.strip() == "" else text
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def _known(entries: Any) -> set[str]:
    return {str(entry.get("class", "")) for entry in entries if hasattr(entry, "get")}


def _append(table: Any, addition: Addition) -> None:
    if isinstance(table.get(addition.key), items.Array):  # `registries = [{ … }]`
        inline = tomlkit.inline_table()
        inline.update(addition.table)
        table[addition.key].append(inline)
        return
    if addition.key not in table:
        table.add(addition.key, tomlkit.aot())
    entry = tomlkit.table()
    entry.add(tomlkit.comment(addition.comment))
    for key, value in addition.table.items():
        entry.add(key, _list(value) if isinstance(value, list) else value)
    table[addition.key].append(entry)


def _list(values: list[Any]) -> items.Array:
    """A list on one line, or one element a line where that is too long."""
    array = tomlkit.array()
    for value in values:
        if isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update(value)
            array.append(inline)
        else:
            array.append(value)
    if len(array.as_string()) > 90:
        array.multiline(True)
    return array


def _comment(contract: RegistryContract | TrackerContract, remarks: Mapping[str, str]) -> str:
    origin = contract.origin
    where = f"{origin.path}:{origin.row}" if origin else ""
    remark = remarks.get(contract.path, "")
    text = f"{where}; {remark}" if remark else where
    return "".join(character if character.isprintable() else "?" for character in text)


def _registry(contract: RegistryContract) -> dict[str, Any]:
    table: dict[str, Any] = {"class": contract.path}
    if contract.methods:
        table["methods"] = [
            {key: value for key, value in (("name", m.name), ("key", m.key), ("value", m.value)) if value}
            for m in contract.methods
        ]
    if contract.factories:
        table["factories"] = list(contract.factories)
    if contract.scope:
        table["scope"] = contract.scope
    if contract.holds != "anything":
        table["holds"] = contract.holds
    return table

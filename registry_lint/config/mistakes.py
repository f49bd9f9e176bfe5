"""What is wrong with a configuration, in the user's words: each mistake with its place, a frame and a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from registry_lint.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.config.documents import Document
    from registry_lint.config.positions import KeyPath

_KINDS = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def positioned(document: Document, location: KeyPath, message: str, hint: str = "") -> Mistake:
    """A mistake at a key of a document, or at the nearest key around it."""
    path = (*document.prefix, *location)
    while path and path not in document.places:
        path = path[:-1]
    place = document.places.get(path)
    if place is None or not place.row:
        return Mistake(message, path=document.name, hint=hint)
    line = document.text.split("\n")[place.row - 1]
    frame = "" if document.is_foreign else _frame(line, place.column, place.end_column)
    return Mistake(message, document.name, place.row, place.column, frame, hint)


def mistakes_in(document: Document) -> Iterator[Mistake]:
    """Everything that is wrong with a document, in the order of its lines."""
    found = [*_wrong_values(document), *_repeated(document)]
    version = document.table.get("required-version")
    if isinstance(version, str) and not any(m.message.startswith("`required-version`") for m in found):
        found += _wrong_version(document, version)
    yield from sorted(found, key=lambda mistake: (mistake.row, mistake.column))


def nearest(word: str, words: Sequence[str]) -> str:
    """A hint that names the word which was meant, or all of a few; "" where none is near."""
    import difflib

    close = difflib.get_close_matches(word.replace("_", "-").lower(), words, 1, 0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"valid here: {', '.join(words)}" if 0 < len(words) <= 12 else ""


def _frame(line: str, column: int, end_column: int) -> str:
    shown = "".join(character if character.isprintable() else " " for character in line)
    length = max(min(end_column, len(shown) + 1) - column, 1)
    cut = max(column - 60, 0)  # a line may be megabytes long
    return f"    {shown[cut : cut + 110]}\n    {' ' * (column - 1 - cut)}{'^' * min(length, 80)}"


def _wrong_values(document: Document) -> Iterator[Mistake]:
    from pydantic import ValidationError

    from registry_lint.config.schema import ConfigurationFile

    try:
        ConfigurationFile.model_validate(dict(document.table))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield _said(document, detail)


def _said(document: Document, detail: Mapping[str, Any]) -> Mistake:
    """One of pydantic's errors, in words that speak of the file and not of pydantic."""
    from registry_lint.config.schema import keys_at

    location: KeyPath = tuple(step for step in detail["loc"] if step != "[key]")
    kind, context = detail["type"], detail.get("ctx", {})
    key = next((step for step in reversed(location) if isinstance(step, str)), "")
    value = detail.get("input")
    if kind == "extra_forbidden":
        where = f" in `{_named(location[:-1])}`" if len(location) > 1 else ""
        return positioned(document, location, f"unknown key `{key}`{where}", nearest(key, keys_at(location[:-1])))
    if kind == "missing":
        return positioned(document, location[:-1], f"`{key}` is missing in `{_named(location[:-1])}`")
    named = f"`{_named(location)}`"
    if kind in ("literal_error", "enum"):
        valid = re.findall(r"'([^']*)'", context.get("expected", ""))
        hint = nearest(str(value), valid)
        return positioned(document, location, f"{named} must be one of {', '.join(valid)}, not {_shown(value)}", hint)
    if kind == "value_error":
        return positioned(document, location, f"{named} {context.get('error', detail['msg'])}, not {_shown(value)}")
    if kind in _KINDS:
        return positioned(document, location, f"{named} must be {_KINDS[kind]}, not {_shown(value)}")
    return positioned(document, location, f"{named}: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


def _named(location: KeyPath) -> str:
    """`registries[1].methods[0].name`; elements count from 1, as a reader counts."""
    text = ""
    for step in location:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _repeated(document: Document) -> Iterator[Mistake]:
    """Two contracts for one class: which of them should hold?"""
    for key, field in (("registries", "class"), ("trackers", "class"), ("canonical", "class"), ("superseded", "name")):
        entries = document.table.get(key)
        seen: set[str] = set()
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            name = entry.get(field) if isinstance(entry, Mapping) else None
            if isinstance(name, str) and name in seen:
                yield positioned(document, (key, index, field), f"`{key}` speaks of {name} twice")
            elif isinstance(name, str):
                seen.add(name)


def _wrong_version(document: Document, specifier: str) -> Iterator[Mistake]:
    from registry_lint import version

    try:
        fits = _fits(version.version(), specifier)
    except ValueError:
        return  # said by the schema
    if not fits:
        message = f"this configuration asks for registry-lint {specifier}, and this is {version.version()}"
        yield positioned(document, ("required-version",), message)


def _fits(current: str, specifier: str) -> bool:
    """Whether a version (its numbers; a suffix such as `.dev1` counts for nothing) meets every condition."""
    have = _numbers(current)
    for condition in specifier.split(","):
        match = re.fullmatch(r"\s*(==|!=|>=|<=|>|<|~=)\s*(\d+(?:\.\d+)*)\s*", condition)
        if match is None:
            raise ValueError(condition)
        want, sign = _numbers(match[2]), match[1]
        length = match[2].count(".")
        verdicts = {
            "==": have == want,
            "!=": have != want,
            ">=": have >= want,
            "<=": have <= want,
            ">": have > want,
            "<": have < want,
            "~=": have >= want and have[: max(length, 1)] == want[: max(length, 1)],
        }
        if not verdicts[sign]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in match[0].split(".")] if match else []
    return (*numbers, *(0,) * (6 - len(numbers)))

"""Dicts of functions and objects that are keyed by the name of an object's class: `tools[type(tool).__name__] = tool`.

No registry, and for instances nothing is wrong with them. Where a *class* is put there, the key is the name of its
metaclass, the same for all of them.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

# The name of a class within a key, before the `for` of a comprehension, or at the end of an assignment. Each begins
# with literal characters, so that a search costs next to nothing.
_NAME = rb"__(?:qual)?name__"
_END = rb"(?:\.\w+\(\))?\)?[ \t]*(?:#[^\n]*)?\r?\n"
_WRITTEN = tuple(
    re.compile(begin + _NAME + end)
    for begin in (rb"\)\.", rb"__class__\.")
    for end in (rb"[^\n]*\]\s*=[^=]", rb"[^\n{}]*:[^\n{}]*\bfor\b", _END)
)
_DEEPEST = 6


class LocalStore(NamedTuple):
    """A store of something into a dict, under a key that may be the name of its class."""

    path: str
    table: str  # as it is written; "a dictionary" for one without a name
    key: facts.ExprId
    value: facts.ExprId


class LocalTables:
    """Looks at the production code once."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def stores(self) -> tuple[LocalStore, ...]:
        """Every store of something under a key that is made of the name of its own class; sorted."""
        files = self._project.files
        paths = {path for pattern in _WRITTEN for path, _ in files.matching("name__", pattern)}
        return tuple(sorted(store for path in paths for store in self._in_file(path)))

    def _in_file(self, path: str) -> Iterator[LocalStore]:
        file = self._project.files.facts(path)
        if file is None:
            return
        for store in file.subscript_stores:
            if store.expr != facts.NONE and not store.path and self._is_named_after(file, store.key, store.expr):
                table = file.dotted(store.base) or "a dictionary"
                yield LocalStore(path, table, store.key, store.expr)
        for record in file.expressions:
            if (
                isinstance(record, facts.Comprehension)
                and record.kind == "dict"
                and self._is_named_after(file, record.key, record.value)
            ):
                yield LocalStore(path, "a dictionary", record.key, record.value)

    def _is_named_after(self, file: facts.FileFacts, key: facts.ExprId, value: facts.ExprId) -> bool:
        stored = file.expressions[value]
        return isinstance(stored, facts.Name) and stored.id in _subjects(file, key, 0)

    def is_reached(self, store: LocalStore, value: ClassValue) -> bool:
        """Whether a class that is stored takes the name of its metaclass as key: it has none of the attributes that
        its key is read from first (`getattr(tool, "name", type(tool).__name__)`)."""
        project = self._project
        values = project.production_flow.values(store.path, store.value)
        if ClassValue(value.of) not in values:
            return False
        read = project.toolness.read(store.path, store.key)
        asked = [name for name in read if not name.startswith("__")]
        return all(project.kinds.has_attribute(value.of, name, on_class=True) is False for name in asked)


def _subjects(file: facts.FileFacts, expr: facts.ExprId, depth: int) -> Iterator[str]:
    """The names of whose class an expression takes the name: `tool` in `type(tool).__name__.lower()`."""
    if expr == facts.NONE or depth > _DEEPEST:
        return
    match file.expressions[expr]:
        case facts.Attribute(base=base, name="__name__" | "__qualname__"):
            yield from _whose_class(file, base)
        case facts.Name(bindings=bindings):
            for index in bindings or ():
                match file.bindings[index]:
                    case facts.ValueBinding(expr=made, path=()):
                        yield from _subjects(file, made, depth + 1)
                    case facts.NarrowedBinding(options=options):
                        for option in options:
                            inner = file.bindings[option]
                            if isinstance(inner, facts.ValueBinding) and not inner.path:
                                yield from _subjects(file, inner.expr, depth + 1)
        case facts.Choice(options=parts) | facts.Joined(parts=parts):
            for part in parts:
                yield from _subjects(file, part, depth + 1)
        case facts.Call(func=func, arguments=arguments):
            called = file.expressions[func]
            if isinstance(called, facts.Attribute):
                yield from _subjects(file, called.base, depth + 1)
            for argument in arguments:
                yield from _subjects(file, argument.value, depth + 1)


def _whose_class(file: facts.FileFacts, expr: facts.ExprId) -> Iterator[str]:
    """`type(x)`, `x.__class__`, `getattr(x, "__class__", …)`."""
    record = file.expressions[expr]
    subject = facts.NONE
    if isinstance(record, facts.Attribute) and record.name == "__class__":
        subject = record.base
    elif isinstance(record, facts.Call) and record.arguments:
        called = file.expressions[record.func]
        if isinstance(called, facts.Name) and called.id in ("type", "getattr"):
            subject = record.arguments[0].value
    named = file.expressions[subject] if subject != facts.NONE else None
    if isinstance(named, facts.Name):
        yield named.id

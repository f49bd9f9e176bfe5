"""Copies of objects with other fields, and what these are given: `replace(entry, tool=Find)`, `_replace(tool=Find)`.

`dataclasses.replace`, `attrs.evolve`, `copy.replace`, the method of named tuples, pydantic's `model_copy(update=…)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ExternalValue, InstanceValue
from registry_lint.project.flow.graph import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.solver import Flow

COPYING = frozenset({"copy.replace", "dataclasses.replace", "msgspec.structs.replace", "attr.evolve", "attrs.evolve"})

# A text that a file holds which calls one of them → the call, as its bytes look.
_REPLACE = re.compile(rb"replace\s*\((?:\s*\n|[^\n=]{0,200},\s*\w+\s*=(?!=))")
_LOOKED_FOR = (
    ("dataclasses", _REPLACE),
    ("structs", _REPLACE),
    ("evolve", re.compile(rb"evolve\s*\(")),
    ("_replace", re.compile(rb"_replace\s*\(")),
    ("model_copy", re.compile(rb"model_copy\s*\(\s*update")),
)


class Copy(NamedTuple):
    """A call that copies an object and gives it another value for a field."""

    path: str
    of: facts.ExprId  # the object
    func: facts.ExprId  # what is called, NONE for a method of the object
    value: facts.ExprId


def flow_copies(flow: Flow, node: Node, owner: ClassRef, name: str) -> None:
    """Let what copies of the objects of a class are given for a field flow into it."""
    for copy in _copies(flow).get(name, ()):
        _watch(flow, node, owner, copy, name)


def _watch(flow: Flow, node: Node, owner: ClassRef, copy: Copy, name: str) -> None:
    def arrive(value: Value, level: Level) -> None:
        if (
            isinstance(value, InstanceValue)
            and isinstance(value.of, ClassRef)
            and flow.classes.derives(value.of, owner)
        ):
            note = Note(f"passed as {name}= to a copy", flow.span(copy.path, copy.value))
            flow.graph.flow(flow.value_node(copy.path, copy.value), node, level=level, note=note)

    def called(value: Value, _level: Level) -> None:
        if isinstance(value, ExternalValue) and value.dotted in COPYING:
            flow.graph.watch(flow.type_node(copy.path, copy.of), arrive)

    if copy.func == facts.NONE:
        flow.graph.watch(flow.type_node(copy.path, copy.of), arrive)
    else:
        flow.graph.watch(flow.type_node(copy.path, copy.func), called)


def _copies(flow: Flow) -> dict[str, list[Copy]]:
    """All copies with other fields, by the names of the fields."""
    if flow.copies is None:
        paths = {path for text, pattern in _LOOKED_FOR for path, _ in flow.files.matching(text, pattern)}
        flow.copies = {}
        for path in sorted(paths & flow.world):
            for name, copy in _in_file(flow, path):
                flow.copies.setdefault(name, []).append(copy)
    return flow.copies


def _in_file(flow: Flow, path: str) -> Iterator[tuple[str, Copy]]:
    file = flow.files.facts(path)
    for called in ("replace", "evolve", "_replace", "model_copy") if file else ():
        for call in file.calls.get(called, ()) if file else ():
            record = file.expressions[call] if file else None
            if file is not None and isinstance(record, facts.Call):
                yield from _of_call(file, path, called, record)


def _of_call(file: facts.FileFacts, path: str, called: str, call: facts.Call) -> Iterator[tuple[str, Copy]]:
    func = file.expressions[call.func]
    named = [argument for argument in call.arguments if argument.name not in ("", "*", "**")]
    if called in ("replace", "evolve"):
        first = call.arguments[0] if call.arguments else None
        if first is not None and first.name == "":
            yield from ((one.name, Copy(path, first.value, call.func, one.value)) for one in named)
    elif isinstance(func, facts.Attribute) and called == "_replace":
        yield from ((one.name, Copy(path, func.base, facts.NONE, one.value)) for one in named)
    elif isinstance(func, facts.Attribute):
        for argument in named:
            update = file.expressions[argument.value]
            for key, value in update.items if argument.name == "update" and isinstance(update, facts.Mapping) else ():
                field = file.expressions[key] if key != facts.NONE else None
                if isinstance(field, facts.Literal) and isinstance(field.value, str):
                    yield field.value, Copy(path, func.base, facts.NONE, value)

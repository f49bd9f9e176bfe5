"""What lies behind the path of a binding or a store, where the object on the way is told apart by more than its value.

`kind, tool = Pair("search", Search)`, `for tool in toolbox`, `case {"tools": tools}`, `case Loaded(tools=tools)`: the
fields of a named tuple, what `__iter__` hands out, the entries of a dict that is made at a known place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts.records import NONE
from registry_lint.project.domain import CERTAIN, ClassRef, ClassValue, DisplayValue, InstanceValue, Level, Value
from registry_lint.project.flow import guards
from registry_lint.project.flow.enums import is_enumeration
from registry_lint.project.flow.fields import fields
from registry_lint.project.flow.graph import Filter
from registry_lint.project.flow.keys import AttributeAt, EntryAt, ReturnAt
from registry_lint.project.flow.named_tuples import fields_of_call, is_named_tuple
from registry_lint.project.flow.operations import apply, path_operation, step_operation
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.facts.records import Path, Step
    from registry_lint.project.flow.graph import Node, Note
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow

_EACH = (("element", 0),)
_ENTERED = frozenset({"element", "item", "field", "attribute", "enter"})


def flow_parts(
    flow: Flow, source: Node, target: Node, file: str, path: Path, level: Level = CERTAIN, note: Note | None = None
) -> None:
    """Let what a path, written in a file, leads to in the values of a node flow into another."""
    flow.graph.flow(source, target, _operation(flow, file, path), level, note)
    if not any(step in _ENTERED for step, _ in path):
        return
    key = ("parts", id(source), path, level, note is None)
    if not flow.graph.is_new(target, key):
        return
    typed = bool(getattr(target.key, "typed", False))

    def arrive(value: Value, reached: Level) -> None:
        if isinstance(value, ClassValue) and path == _EACH and is_enumeration(flow, value.of):
            flow.graph.seed(target, InstanceValue(value.of), max(level, reached))
        for inner, further in _inside(flow, file, value, path, typed):
            flow_parts(flow, inner, target, file, further, max(level, reached), note)

    flow.graph.watch(source, arrive)


def _operation(flow: Flow, file: str, path: Path) -> Operation | Filter:
    """The operation for a whole path, tests of a pattern included."""
    if not any(step == "fits" for step, _ in path):
        return path_operation(path)

    def test(value: Value) -> tuple[Value, ...]:
        values: tuple[Value, ...] = (value,)
        for step in path:
            values = tuple(out for inner in values for out in _through(flow, file, step, inner))
        return values

    return Filter("path", test, ("path", file, path))


def _through(flow: Flow, file: str, step: Step, value: Value) -> tuple[Value, ...]:
    if step[0] != "fits":
        return apply(step_operation(step), value)
    told = guards.operation(flow, file, (int(step[1]),))
    return told.test(value) if isinstance(told, Filter) else (value,)


def _inside(flow: Flow, file: str, value: Value, path: Path, typed: bool) -> Iterator[tuple[Node, Path]]:
    """The nodes of parts of objects on a path, each with what of the path is left."""
    values: tuple[Value, ...] = (value,)
    for at, step in enumerate(path):
        for inner in values:
            yield from _entered(flow, inner, step, path[at:], typed)
        values = tuple(out for inner in values for out in _through(flow, file, step, inner))
        if not values:
            return


def _entered(flow: Flow, value: Value, step: Step, path: Path, typed: bool) -> Iterator[tuple[Node, Path]]:
    kind, which = step
    if (
        isinstance(value, DisplayValue)
        and kind == "item"
        and (isinstance(which, str) or fields_of_call(flow, value.path, value.expr))
    ):
        yield flow.graph.node(EntryAt(value.path, value.expr, which, typed)), path[1:]
    if not isinstance(value, InstanceValue) or not isinstance(value.of, ClassRef):
        return
    name = field_at(flow, value.of, step)
    if name:
        yield flow.graph.node(AttributeAt(value.of.path, value.of.id, name, False, typed)), path[1:]
    elif kind == "enter":  # one that hands out itself is passed on as it is
        for method in flow.classes.find_method(value.of, "__enter__") or flow.classes.find_method(
            value.of, "__aenter__"
        ):
            file = flow.facts(method.path)
            if not any(class_of_receiver(file, one) != NONE for one in file.functions[method.id].returns):
                yield flow.graph.node(ReturnAt(method.path, method.id, typed)), path[1:]
    elif kind == "element":
        for method in flow.classes.find_method(value.of, "__iter__") or flow.classes.find_method(value.of, "__aiter__"):
            yield flow.graph.node(ReturnAt(method.path, method.id, typed)), path
        for method in flow.classes.find_method(value.of, "__next__") or flow.classes.find_method(value.of, "__anext__"):
            yield flow.graph.node(ReturnAt(method.path, method.id, typed)), path[1:]


def field_at(flow: Flow, of: ClassRef, step: Step) -> str:
    """The field of an object that a step reads; "" for none."""
    kind, which = step
    if kind == "attribute" and isinstance(which, str):
        return which
    by_position = kind == "field" or (kind == "item" and is_named_tuple(flow, of))
    if not by_position or not isinstance(which, int):
        return ""
    names = fields(flow, of)
    return names[which] if 0 <= which < len(names) else ""

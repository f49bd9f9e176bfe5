"""What a decorator is given: the class or function below it.

`@register_tool`, `@registry.register` and `@registry.register("name")`, which returns the function that decorates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef, FunctionValue
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.keys import BindingAt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ParameterAt
    from registry_lint.project.flow.solver import Flow


class _Decoration(NamedTuple):
    """A decorator, and what stands below it."""

    path: str
    decorator: facts.ExprId
    binding: facts.BindingId


def bind_decorated(flow: Flow, node: Node, key: ParameterAt) -> None:
    """Let what a function decorates flow into the parameter that takes it."""
    function = FunctionRef(key.path, key.function)
    parameter = flow.facts(key.path).functions[key.function].parameters[key.index]
    if parameter.kind not in ("positional", "plain"):
        return
    for decoration in _decorations(flow, function):
        _watch(flow, node, key, function, decoration)


def _watch(flow: Flow, node: Node, key: ParameterAt, function: FunctionRef, decoration: _Decoration) -> None:
    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, FunctionValue) and value.of == function and int(value.bound) + value.given == key.index:
            name = flow.facts(key.path).functions[key.function].parameters[key.index].name
            note = Note(f"decorated, and so passed as {name}", flow.span(decoration.path, decoration.decorator))
            below = flow.graph.node(BindingAt(decoration.path, decoration.binding, key.typed))
            flow.graph.flow(below, node, level=level, note=note)

    flow.graph.watch(flow.value_node(decoration.path, decoration.decorator), arrive)


def _decorations(flow: Flow, function: FunctionRef) -> Iterator[_Decoration]:
    """The decorators that may be a function: those of its name, and calls of the function that it is written in."""
    file = flow.facts(function.path)
    record = file.functions[function.id]
    if _hands_back(file, record):
        pattern = re.compile(rb"@[\w.]*\b" + re.escape(record.name.encode()) + rb"\s*(?:#|$)", re.MULTILINE)
        for path in dict.fromkeys(path for path, _ in flow.files.matching(record.name, pattern)):
            for expr, binding in _decorators(flow, path).items() if path in flow.world else ():
                if flow.facts(path).last_name(expr) == record.name:
                    yield _Decoration(path, expr, binding)
    outer = file.scopes[file.scopes[record.scope].parent] if record.scope != facts.NONE else None
    if outer is not None and outer.kind == "function":
        for site in flow.indexes.call_sites(file.functions[outer.owner].name, flow.limits.callers) or ():
            below = _decorators(flow, site.path).get(site.call)
            if below is not None:
                yield _Decoration(site.path, site.call, below)


def _hands_back(file: facts.FileFacts, function: facts.Function) -> bool:
    """Whether a function returns a parameter as it is, as what registers by decorating does."""
    names = {parameter.name for parameter in function.parameters}
    returned = (file.expressions[expr] for expr in function.returns)
    return any(isinstance(record, facts.Name) and record.id in names for record in returned)


def _decorators(flow: Flow, path: str) -> dict[facts.ExprId, facts.BindingId]:
    """Every decorator of a file, and the binding of what it decorates."""
    known = flow.decorators.get(path)
    if known is None:
        file = flow.files.facts(path)
        records: tuple[facts.Function | facts.Class, ...] = (*file.functions, *file.classes) if file else ()
        known = flow.decorators[path] = {
            decorator: record.binding
            for record in records
            for decorator in record.decorators
            if record.binding != facts.NONE
        }
    return known

"""Functions that are handed on by name: under which other names they may be called.

`add = registry.register`, `each(items, register_one)`, `partial(register, "x")`, `Thread(target=run)`: a call of
`add`, or of the parameter that takes the function, is a call of it. Which function such a call means is then
resolved like any other callee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassValue, FunctionRef, FunctionValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.solver import Flow

_FILES_READ = 40  # files that name a function without calling it; a name in more of them is no function's alone


def called_as(flow: Flow, name: str) -> tuple[str, ...]:
    """Other names under which a function or method called `name` may be called, in order of appearance."""
    if len(name) < 3 or name.startswith("__"):
        return ()
    known = flow.other_names.get(name)
    if known is None:
        known = flow.other_names[name] = tuple(dict.fromkeys(_other_names(flow, name)))
    return known


def _other_names(flow: Flow, name: str) -> Iterator[str]:
    paths = flow.indexes.paths_naming(name, _FILES_READ)
    if paths is None:
        return
    for path in paths:
        file = flow.files.facts(path)
        if file is not None:
            yield from _in_file(flow, path, file, name)


def _in_file(flow: Flow, path: str, file: facts.FileFacts, name: str) -> Iterator[str]:
    handed = {
        expr
        for expr, record in enumerate(file.expressions)
        if isinstance(record, facts.Name | facts.Attribute)
        and name == (record.id if isinstance(record, facts.Name) else record.name)
    }
    if not handed:
        return
    wrapped = {
        expr: record
        for expr, record in enumerate(file.expressions)
        if isinstance(record, facts.Call) and any(argument.value in handed for argument in record.arguments)
    }
    partials = {expr for expr, record in wrapped.items() if _is_partial(flow, file, record)}
    for binding in file.bindings:
        if isinstance(binding, facts.ValueBinding) and binding.expr in handed | partials and not binding.path:
            yield binding.name
    for store in file.attribute_stores:
        if store.expr in handed | partials:
            yield store.name
    for call in wrapped.values():
        yield from _parameters(flow, path, file, call, handed)


def _is_partial(flow: Flow, file: facts.FileFacts, call: facts.Call) -> bool:
    return (flow.names.dotted(file, call.func) or "").rpartition(".")[2] == "partial"


def _parameters(
    flow: Flow, path: str, file: facts.FileFacts, call: facts.Call, handed: set[facts.ExprId]
) -> Iterator[str]:
    """The parameters that take the function in a call."""
    position = 0
    for argument in call.arguments:
        if argument.value in handed and argument.name not in ("", "*", "**"):
            yield argument.name
        elif argument.value in handed and argument.name == "":
            yield from _parameter_at(flow, path, file, call, position)
        position += argument.name == ""


def _parameter_at(flow: Flow, path: str, file: facts.FileFacts, call: facts.Call, position: int) -> Iterator[str]:
    dotted = flow.names.dotted(file, call.func)
    if dotted is None:
        return
    for target in flow.names.resolve(path, flow.names.scope_of(path, call.func), dotted):
        functions: tuple[FunctionRef, ...] = ()
        if isinstance(target, FunctionValue):
            functions = (target.of,)
        elif isinstance(target, ClassValue):
            functions = flow.classes.find_method(target.of, "__init__")
        for function in functions:
            record = flow.facts(function.path).functions[function.id]
            index = position + (record.class_ != facts.NONE)
            if index < len(record.parameters):
                yield record.parameters[index].name

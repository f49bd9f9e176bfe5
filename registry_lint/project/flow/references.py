"""Functions that are handed on by name: under which other names they may be called.

`add = registry.register`, `each(items, register_one)`, `partial(register, "x")`, `Thread(target=run)`: a call of
`add`, or of the parameter that takes the function, is a call of it. Which function such a call means is then
resolved like any other callee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassValue, FunctionRef, FunctionValue
from registry_lint.project.flow.deferred import deferred
from registry_lint.project.flow.indexes import CallSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.solver import Flow

_FILES_READ = 40  # files that name a function without calling it; a name in more of them is no function's alone


class HandedOn(NamedTuple):
    """Where functions of one name are handed on."""

    names: tuple[str, ...]  # other names under which they may be called, in order of appearance
    deferrals: tuple[CallSite, ...]  # calls that have them called later, with arguments written out there


_NOWHERE = HandedOn((), ())


def called_as(flow: Flow, name: str) -> tuple[str, ...]:
    """Other names under which a function or method called `name` may be called, in order of appearance."""
    return handed_on(flow, name).names


def handed_on(flow: Flow, name: str) -> HandedOn:
    """Where a function or method called `name` is handed on instead of being called."""
    if len(name) < 3 or name.startswith("__"):
        return _NOWHERE
    known = flow.handed_on.get(name)
    if known is None:
        names: dict[str, None] = {}
        deferrals: dict[CallSite, None] = {}
        for path in flow.indexes.paths_naming(name, _FILES_READ) or ():
            file = flow.files.facts(path)
            if file is not None:
                _in_file(flow, path, file, name, names, deferrals)
        known = flow.handed_on[name] = HandedOn(tuple(names), tuple(deferrals))
    return known


def _in_file(
    flow: Flow,
    path: str,
    file: facts.FileFacts,
    name: str,
    names: dict[str, None],
    deferrals: dict[CallSite, None],
) -> None:
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
    partials = {expr for expr, record in wrapped.items() if _is_partial(file, record)}
    for binding in file.bindings:
        if isinstance(binding, facts.ValueBinding) and binding.expr in handed | partials and not binding.path:
            names[binding.name] = None
    for store in file.attribute_stores:
        if store.expr in handed | partials:
            names[store.name] = None
    for expr, call in wrapped.items():
        names.update(dict.fromkeys(_parameters(flow, path, file, call, handed)))
        later = deferred(file, call)
        if later is not None and later.function in handed:
            deferrals[CallSite(path, expr)] = None


def _is_partial(file: facts.FileFacts, call: facts.Call) -> bool:
    return (file.dotted(call.func) or "").rpartition(".")[2] == "partial"


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
    dotted = file.dotted(call.func)
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

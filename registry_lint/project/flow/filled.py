"""What functions put into a container that they are handed: `tools = []`, `add_defaults(tools)`.

A call is told from another call of the same function as far as it says itself what is put in: `add(tools, Search)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, LIKELY, FunctionValue
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.keys import PutInAt
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.indexes import Mutation
    from registry_lint.project.flow.solver import Flow


def expand_put_in(flow: Flow, node: Node, key: PutInAt) -> None:
    """What the calls that are handed a container put into it."""
    for call, argument in flow.indexes.handed(key.path, key.binding):
        _watch_callee(flow, node, key.path, call, argument)


def _watch_callee(flow: Flow, node: Node, path: str, call: facts.ExprId, argument: facts.ExprId) -> None:
    record = flow.facts(path).expressions[call]
    assert isinstance(record, facts.Call)

    def arrive(value: Value, level: Level) -> None:
        if not isinstance(value, FunctionValue):
            return
        file, of = flow.facts(value.of.path), value.of
        skipped = int(value.bound) + value.given
        parameters = file.functions[of.id].parameters
        for index, binding in _parameters(file, of.id):
            if argument_for(record, parameters, index, skipped) == argument:
                for mutation in flow.indexes.mutations(of.path, binding):
                    _put(flow, node, (path, record, skipped), (of.path, of.id), mutation, level)
                handed_on = flow.graph.node(PutInAt(of.path, binding))
                flow.graph.flow(handed_on, node, level=LIKELY)

    flow.graph.watch(flow.type_node(path, record.func), arrive)


def _parameters(file: facts.FileFacts, function: facts.FunctionId) -> list[tuple[int, facts.BindingId]]:
    return [
        (binding.index, index)
        for index, binding in enumerate(file.bindings)
        if isinstance(binding, facts.ParameterBinding) and binding.function == function
    ]


def _put(
    flow: Flow,
    node: Node,
    site: tuple[str, facts.Call, int],
    function: tuple[str, facts.FunctionId],
    mutation: Mutation,
    level: Level,
) -> None:
    path, call, skipped = site
    home, of = function
    file = flow.facts(home)
    note = Note("put into it here", flow.span(home, mutation.value))
    given = _parameter_of(file, mutation.value, of)
    if given != facts.NONE:
        written = argument_for(call, file.functions[of].parameters, given, skipped)
        if written != facts.NONE:
            flow.graph.flow(flow.value_node(path, written), node, mutation.operation, level, note)
            return
    known = CERTAIN if given == facts.NONE and _is_of_module(file, mutation.value) else LIKELY
    flow.graph.flow(flow.value_node(home, mutation.value), node, mutation.operation, max(level, known), note)


def _parameter_of(file: facts.FileFacts, expr: facts.ExprId, function: facts.FunctionId) -> int:
    """The parameter of a function that an expression is; NONE where it is none."""
    record = file.expressions[expr]
    for index in (record.bindings or ()) if isinstance(record, facts.Name) else ():
        binding = file.bindings[index]
        if isinstance(binding, facts.ParameterBinding) and binding.function == function:
            return binding.index
    return facts.NONE


def _is_of_module(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is the same in every call: a name of the module, what it makes, a display of such."""
    match file.expressions[expr]:
        case facts.Name(bindings=bindings):
            return bindings is None
        case facts.Call(func=func, arguments=()):
            return _is_of_module(file, func)
        case facts.Attribute(base=base):
            return _is_of_module(file, base)
        case facts.Sequence(items=items):
            return all(_is_of_module(file, item) for item in items)
    return False

"""The way of a value from where it began to where it was asked for.

Nothing is recorded while values flow, since what came first would depend on who asked first. After the
fixpoint the best way is searched backward: the fewest steps that go by a name alone, then the fewest steps.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.findings import Span, Step
from registry_lint.project.domain import ClassRef, Level, Value, nesting
from registry_lint.project.flow.keys import ExprAt, ParameterAt

if TYPE_CHECKING:
    from registry_lint.project.flow.graph import Edge, Node
    from registry_lint.project.flow.keys import Key
    from registry_lint.project.flow.solver import Flow

STATES_SEARCHED = 50_000


class Argument(NamedTuple):
    """An argument on the way: where it stands, and the parameter that takes it."""

    span: Span
    parameter: ParameterAt


class Trace(NamedTuple):
    """A way, source first. `origin` is where the value began; `arguments` are the calls that it went through."""

    steps: tuple[Step, ...]
    origin: Span | None
    level: Level
    arguments: tuple[Argument, ...]
    parameters: tuple[ParameterAt, ...]  # every parameter on the way, source first
    takes_class: bool  # whether the class of an object was taken on the way: `type(x)`, `x.__class__`


def trace(flow: Flow, sink: Node, value: Value) -> Trace | None:
    """The best way of a value into a node; None where the node does not hold it."""
    if value not in sink.values:
        return None
    start = (sink, value)
    arrived: dict[tuple[int, Value], tuple[Edge | None, Value | None]] = {}
    heap: list[tuple[Level, int, int, tuple[object, ...], int, Node, Value, Edge | None, Node | None, Value | None]]
    heap = [(0, 0, 0, _order(sink.key, value), 0, *start, None, None, None)]
    came: dict[tuple[int, Value], tuple[Edge, Node, Value]] = {}
    counter = 0
    while heap and len(arrived) < STATES_SEARCHED:
        level, hops, noted, _, _, node, current, edge, onward, onward_value = heapq.heappop(heap)
        state = (id(node), current)
        if state in arrived:
            continue
        arrived[state] = (edge, onward_value)
        if edge is not None and onward is not None and onward_value is not None:
            came[state] = (edge, onward, onward_value)
        if current in node.seeds:
            return _told(flow, node, current, came, sink, max(level, node.seeds[current]))
        for incoming in node.edges_in:
            for source_value in incoming.source.values:
                if current in incoming.through(source_value):
                    counter += 1
                    heapq.heappush(
                        heap,
                        (
                            max(level, incoming.level),
                            hops + 1,
                            noted + (incoming.note is not None),
                            _order(incoming.source.key, source_value),
                            counter,
                            incoming.source,
                            source_value,
                            incoming,
                            node,
                            current,
                        ),
                    )
    return None


def _order(key: Key, value: Value) -> tuple[object, ...]:
    """Breaks ties so that a trace does not depend on what was asked before."""
    return (key.path, type(key).__name__, *(str(part) for part in msgspec.structs.astuple(key)), repr(value))


def _told(
    flow: Flow,
    origin: Node,
    value: Value,
    came: dict[tuple[int, Value], tuple[Edge, Node, Value]],
    sink: Node,
    level: Level,
) -> Trace:
    """Turn the way into steps: what begins it, then every edge that has something to say."""
    steps: list[Step] = []
    arguments: list[Argument] = []
    parameters: list[ParameterAt] = []
    begins: Span | None = None
    takes_class = False
    node, current = origin, value
    while True:
        key = node.key
        if isinstance(key, ExprAt) and begins is None:
            begins = flow.span(key.path, key.expr)
        if isinstance(key, ParameterAt):
            parameters.append(key)
        following = came.get((id(node), current))
        if following is None:
            break
        edge, onward, onward_value = following
        takes_class = takes_class or edge.operation == ("class-of",)
        if edge.note is not None:
            step = Step(edge.note.span, _phrase(flow, edge.note.phrase, current, onward_value))
            if not steps or steps[-1].span != step.span:
                steps.append(step)
            if isinstance(onward.key, ParameterAt):
                arguments.append(Argument(edge.note.span, onward.key))
        node, current = onward, onward_value
        if node is sink and (id(node), current) not in came:
            break
    if isinstance(sink.key, ParameterAt) and sink.key not in parameters:
        parameters.append(sink.key)
    return Trace(tuple(steps), begins, level, tuple(arguments), tuple(parameters), takes_class)


def _phrase(flow: Flow, phrase: str, before: Value, after: Value) -> str:
    """Say what is put into a display: "list of classes built here" tells more than "put into this list"."""
    if phrase.startswith("put into this ") and nesting(after) > nesting(before):
        noun = phrase.removeprefix("put into this ")
        return f"{noun} built here, with {describe(flow, before)} in it"
    return phrase


def describe(flow: Flow, value: Value) -> str:
    """A value in words."""
    of = getattr(value, "of", None)
    kind = type(value).__name__
    if isinstance(of, ClassRef | str):
        name = flow.classes.name(of)
        if kind == "ClassValue":
            return f"the class {name}"
        if kind == "InstanceValue":
            return f"an instance of {name}"
        return f"the metaclass of {name}"
    return "a value"



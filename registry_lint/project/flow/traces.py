"""The way of a value from where it began to where it was asked for.

Nothing is recorded while values flow, since what came first would depend on who asked first. After the
fixpoint the best way is searched backward: the fewest steps that go by a name alone, then the fewest steps.
"""

from __future__ import annotations

import heapq
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.findings import Span, Step
from registry_lint.project.domain import CERTAIN, LIKELY, ClassRef, Level, Value, nesting
from registry_lint.project.flow.keys import ExprAt, ParameterAt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.graph import Edge, Node
    from registry_lint.project.flow.keys import Key
    from registry_lint.project.flow.solver import Flow

STATES_SEARCHED = 50_000
WAYS_TOLD = 40  # different callers whose mistakes are told apart for one value at one registration


class Argument(NamedTuple):
    """An argument on the way: where it stands, the parameter that takes it, and what arrives there of the value: the
    value itself, or a collection of it."""

    span: Span
    parameter: ParameterAt
    value: Value


class Trace(NamedTuple):
    """A way, source first. `origin` is where the value began; `arguments` are the calls that it went through."""

    steps: tuple[Step, ...]
    origin: Span | None
    level: Level
    arguments: tuple[Argument, ...]
    parameters: tuple[ParameterAt, ...]  # every parameter on the way, source first
    takes_class: bool  # whether the class of an object was taken on the way: `type(x)`, `x.__class__`

    def ending(self, last: Step) -> tuple[Step, ...]:
        """The steps and one more; of those that stand at one place one after the other, the last."""
        steps = (*self.steps, last)
        return tuple(step for step, after in zip_longest(steps, steps[1:]) if after is None or after.span != step.span)


State = tuple[int, Value]  # a node (by identity) and a value that it holds


class _Hop(NamedTuple):
    """An edge, and the value that goes through it, before and after."""

    edge: Edge
    before: Value
    after: Value


def trace(flow: Flow, sink: Node, value: Value) -> Trace | None:
    """The best way of a value into a node; None where the node does not hold it."""
    ways = traces(flow, sink, value)
    return ways[0] if ways else None


def traces(flow: Flow, sink: Node, value: Value) -> tuple[Trace, ...]:
    """The ways of a value into a node, best first: one for each call in which it first becomes an argument.

    A class that two callers pass to one registering method is two mistakes; the same class handed on through
    three functions is one.
    """
    if value not in sink.values:
        return ()
    return _Slice(sink, value).told(flow)


class _Slice:
    """All places that a value went through on its way to one node."""

    def __init__(self, sink: Node, value: Value) -> None:
        self._sink = sink
        self._start: State = (id(sink), value)
        self._onward: dict[State, _Hop] = {}  # the first hop of the best way to the sink
        self._to_sink: dict[State, tuple[Level, int]] = {self._start: (0, 0)}
        self._nodes: dict[State, Node] = {self._start: sink}
        self._hops: dict[State, list[_Hop]] = {}  # hops out of a state, inside the slice
        self._explore()

    def _explore(self) -> None:
        """Dijkstra backward from the sink, by the worst step first, then by the number of steps."""
        counter = 0
        heap: list[tuple[Level, int, tuple[object, ...], int, State]] = [(0, 0, (), 0, self._start)]
        settled: set[State] = set()
        while heap and len(settled) < STATES_SEARCHED:
            level, hops, _, _, state = heapq.heappop(heap)
            if state in settled:
                continue
            settled.add(state)
            node, current = self._nodes[state], state[1]
            for edge in node.edges_in:
                for before in edge.source.values:
                    if current not in edge.through(before):
                        continue
                    source: State = (id(edge.source), before)
                    hop = _Hop(edge, before, current)
                    self._nodes[source] = edge.source
                    self._hops.setdefault(source, []).append(hop)
                    cost = (max(level, edge.level), hops + 1)
                    if source not in settled and cost < self._to_sink.get(source, (LIKELY + 1, 0)):
                        self._to_sink[source] = cost
                        self._onward[source] = hop
                        counter += 1
                        heapq.heappush(heap, (*cost, _order(edge.source.key, before), counter, source))

    def _from_seeds(self) -> dict[State, tuple[tuple[Level, int], _Hop | None]]:
        """For every state the best way from where the value begins: its cost and its last hop."""
        best: dict[State, tuple[tuple[Level, int], _Hop | None]] = {}
        heap: list[tuple[Level, int, tuple[object, ...], int, State, _Hop | None]] = []
        counter = 0
        for state, node in self._nodes.items():
            if state[1] in node.seeds:
                counter += 1
                heapq.heappush(heap, (node.seeds[state[1]], 0, _order(node.key, state[1]), counter, state, None))
        while heap:
            level, hops, _, _, state, last = heapq.heappop(heap)
            if state in best:
                continue
            best[state] = ((level, hops), last)
            for hop in self._hops.get(state, ()):
                target: State = (id(hop.edge.target), hop.after)
                if target not in best:
                    counter += 1
                    order = _order(hop.edge.target.key, hop.after)
                    cost = max(level, hop.edge.level)
                    heapq.heappush(heap, (cost, hops + 1, order, counter, target, hop))
        return best

    def told(self, flow: Flow) -> tuple[Trace, ...]:
        """The best way, then the best way of every other first argument, in the order of their places."""
        best = self._from_seeds()
        if self._start not in best:
            return ()
        shortest = _told(flow, self._way_to(self._start, best), self._sink, self._start[1])
        others: dict[Span, tuple[tuple[Level, int], Trace]] = {}
        for hops in self._first_arguments(best):
            way = _told(flow, hops, self._sink, self._start[1])
            first = way.arguments[0].span
            cost = (way.level, len(hops))
            if first not in others or cost < others[first][0]:
                others[first] = (cost, way)
        if shortest.arguments:
            others.pop(shortest.arguments[0].span, None)
        return (shortest, *(others[span][1] for span in sorted(others)[:WAYS_TOLD]))

    def _way_to(self, state: State, best: dict[State, tuple[tuple[Level, int], _Hop | None]]) -> list[_Hop]:
        hops: list[_Hop] = []
        while (hop := best[state][1]) is not None:
            hops.append(hop)
            state = (id(hop.edge.source), hop.before)
        return hops[::-1]

    def _first_arguments(self, best: dict[State, tuple[tuple[Level, int], _Hop | None]]) -> Iterator[list[_Hop]]:
        """Ways through each call in which the value is an argument and was none before."""
        for state, hops in self._hops.items():
            if state not in best:
                continue
            for hop in hops:
                if hop.edge.note is None or not isinstance(hop.edge.target.key, ParameterAt):
                    continue
                before = self._way_to(state, best)
                if any(isinstance(earlier.edge.target.key, ParameterAt) for earlier in before):
                    continue
                yield [*before, hop, *self._on_to_sink((id(hop.edge.target), hop.after))]

    def _on_to_sink(self, state: State) -> Iterator[_Hop]:
        while state != self._start:
            hop = self._onward[state]
            yield hop
            state = (id(hop.edge.target), hop.after)


def _order(key: Key, value: Value) -> tuple[object, ...]:
    """Breaks ties so that a trace does not depend on what was asked before."""
    return (key.path, type(key).__name__, *(str(part) for part in msgspec.structs.astuple(key)), repr(value))


def _told(flow: Flow, hops: list[_Hop], sink: Node, value: Value) -> Trace:
    """Turn a way into steps: what begins it, then every edge that has something to say."""
    origin = hops[0].edge.source if hops else sink
    first_value = hops[0].before if hops else value
    level = origin.seeds.get(first_value, CERTAIN)
    steps: list[Step] = []
    arguments: list[Argument] = []
    parameters: list[ParameterAt] = [origin.key] if isinstance(origin.key, ParameterAt) else []
    begins = _place(flow, origin.key)
    for hop in hops:
        note, target = hop.edge.note, hop.edge.target.key
        level = max(level, hop.edge.level)
        begins = begins or _place(flow, target)
        if isinstance(target, ParameterAt):
            parameters.append(target)
        if note is not None:
            step = Step(note.span, _phrase(flow, note.phrase, hop.before, hop.after))
            if not steps or steps[-1].span != step.span:
                steps.append(step)
            if isinstance(target, ParameterAt):
                arguments.append(Argument(note.span, target, hop.after))
    takes_class = any(hop.edge.operation == ("class-of",) for hop in hops)
    return Trace(tuple(steps), begins, level, tuple(arguments), tuple(parameters), takes_class)


def _place(flow: Flow, key: Key) -> Span | None:
    return flow.span(key.path, key.expr) if isinstance(key, ExprAt) else None


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

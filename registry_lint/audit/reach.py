"""Which entry points lead to the functions that build or register, and by which shortest way.

Asked backward, from these few functions, so that only what lies between is parsed. What certainly runs is followed
first, then methods that override the one called; where that leads to no entry point, callbacks and decorators are
followed, too. All but the first are said to be unsure. What runs when a module is imported has no entry point: nobody
need call anything.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.audit.lookup import confidence
from registry_lint.audit.records import Function, Hop
from registry_lint.project.edges import DIRECT, EVERYTHING
from registry_lint.project.runs_in import ModuleBody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from registry_lint.audit.lookup import Lookup
    from registry_lint.audit.records import Reached
    from registry_lint.project.callgraph import CallGraph
    from registry_lint.project.edges import Edge, How
    from registry_lint.project.entrypoints import EntryPoint
    from registry_lint.project.runs_in import Node

_LIKELY: frozenset[How] = DIRECT | {"override"}
_MOST = 20_000  # nodes between entry points and what they lead to


class Ways(NamedTuple):
    """Ways backward from one target: each node with the first edge of its shortest way (None for the target)."""

    first: dict[Node, Edge | None]

    def way(self, start: Node) -> tuple[Edge, ...]:
        """The edges from a node to the target."""
        edges = []
        edge = self.first[start]
        while edge is not None:
            edges.append(edge)
            edge = self.first[edge.target]
        return tuple(edges)


class Target(NamedTuple):
    """A function that matters, or a global that a module makes when it is imported."""

    node: Node
    global_name: str = ""


class Reach:
    """Entry points and ways for some targets."""

    def __init__(self, calls: CallGraph, targets: Mapping[Target, tuple[Node, ...]]) -> None:
        """`targets`: each with the nodes from which it counts as reached (its own, and readers of a global)."""
        self._calls = calls
        self.targets = targets
        ends = dict.fromkeys(node for ends in targets.values() for node in ends)
        self.between = calls.ways_to(ends, EVERYTHING, _MOST)
        self._incoming: dict[Node, tuple[Edge, ...]] = {}

    def incoming(self, node: Node, follow: frozenset[How]) -> Iterable[Edge]:
        """The edges that lead to a node, as far as they are followed. Nothing is looked at beyond `between`."""
        known = self._incoming.get(node)
        if known is None:
            known = ()
            if not isinstance(node, ModuleBody) and node in self.between:
                known = (*self._calls.callers(node), *self._calls.references(node), *self._calls.dependents(node))
            self._incoming[node] = known
        return (edge for edge in known if edge.how in follow)

    def ways(self, ends: Sequence[Node], follow: frozenset[How]) -> Ways:
        """The shortest ways to any of some nodes."""
        found: dict[Node, Edge | None] = dict.fromkeys(ends)
        pending = deque(found)
        while pending:
            for edge in self.incoming(pending.popleft(), follow):
                if edge.source not in found:
                    found[edge.source] = edge
                    pending.append(edge.source)
        return Ways(found)

    def functions(self, lookup: Lookup, entries: Sequence[EntryPoint]) -> tuple[list[Function], tuple[Hop, ...]]:
        """The targets as records, in their order, and the calls on their ways; `entries` is what indexes count in."""
        numbered: dict[Node, list[int]] = {}
        for number, entry in enumerate(entries):
            numbered.setdefault(entry.node, []).append(number)
        hops: dict[Edge, int] = {}
        made = [self._function(lookup, target, ends, numbered, hops) for target, ends in self.targets.items()]
        return made, tuple(_hop(lookup, self._calls.called, edge) for edge in hops)

    def _function(
        self,
        lookup: Lookup,
        target: Target,
        ends: tuple[Node, ...],
        numbered: dict[Node, list[int]],
        hops: dict[Edge, int],
    ) -> Function:
        symbol = lookup.node(target.node)
        if target.global_name:
            dotted = f"{symbol.dotted}.{target.global_name}"
            symbol = msgspec.structs.replace(symbol, name=target.global_name, dotted=dotted)
        is_module = isinstance(target.node, ModuleBody)
        state: Reached = "at-import" if is_module else "unreached"
        steps = _Steps(hops)
        entries: list[int] = []
        starts: list[int] = []
        sure = 0
        for follow in (DIRECT, _LIKELY, EVERYTHING):
            if entries and follow is EVERYTHING:
                break
            ways = self.ways(ends, follow)
            for start in ways.first:  # breadth first: the nearest comes first
                for number in numbered.get(start, ()):
                    if number not in entries:
                        entries.append(number)
                        starts.append(steps.add(ways, start))
            if follow is DIRECT:
                sure = len(entries)
            if any(isinstance(start, ModuleBody) for start in ways.first):
                state = "at-import"
        if entries:
            state = "reached"
        return Function(
            symbol.name,
            symbol.dotted,
            symbol.place,
            is_module,
            state,
            tuple(entries),
            sure,
            tuple(starts),
            tuple(steps.all),
        )


class _Steps:
    """Ways that end in one place, put together: each edge stands once, with the number of the one behind it."""

    def __init__(self, hops: dict[Edge, int]) -> None:
        self._hops = hops
        self._known: dict[Node, int] = {}
        self.all: list[tuple[int, int]] = []

    def add(self, ways: Ways, start: Node) -> int:
        """The number of the first step of a way; -1 where it has none."""
        following = -1
        for edge in reversed(ways.way(start)):
            known = self._known.get(edge.source)
            if known is None:
                known = self._known[edge.source] = len(self.all)
                self.all.append((self._hops.setdefault(edge, len(self._hops)), following))
            following = known
        return following


def _hop(lookup: Lookup, called: Callable[[Node], str], edge: Edge) -> Hop:
    return Hop(called(edge.target), edge.how, lookup.at(edge.path, edge.expr), confidence(edge.level))

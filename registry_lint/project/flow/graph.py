"""The graph itself: nodes, edges, and a worklist that runs to a fixpoint.

A node is expanded when it is first asked for: only then does it ask for what it needs. Work is done first in,
first out and nothing iterates over a set, so the answer does not depend on hash seeds or on who asked first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.project.domain import CERTAIN, Level, TextValue, Value
from registry_lint.project.flow.operations import SAME, Operation, apply

if TYPE_CHECKING:
    from registry_lint.findings import Span
    from registry_lint.project.flow.keys import Key

TEXTS_KEPT = 6  # different texts that one node tells apart; more are "some text"
VALUES_KEPT = 48  # different values of one node


class Note(NamedTuple):
    """What a step of a trace says of an edge."""

    phrase: str
    span: Span


class Filter(NamedTuple):
    """An edge's operation that needs the project: guards."""

    name: str
    test: Callable[[Value], tuple[Value, ...]]
    key: tuple[object, ...]


class Edge(NamedTuple):
    """A way for values from one node into another."""

    source: Node
    target: Node
    operation: Operation | Filter
    level: Level
    note: Note | None

    def through(self, value: Value) -> tuple[Value, ...]:
        """What comes out at the target."""
        if isinstance(self.operation, Filter):
            return self.operation.test(value)
        return apply(self.operation, value)


_NO_SEEDS: dict[Value, Level] = {}  # of all nodes that have none; never written to
_NO_NOTES: dict[Value, Note] = {}

Watcher = Callable[[Value, Level], None]


class Node:
    """A place that holds values, each with the confidence of the best way found.

    A large project has a hundred thousand: what most have none of is made for those that have some.
    """

    __slots__ = (
        "capped",
        "cuts",
        "edges_in",
        "edges_out",
        "key",
        "notes",
        "seeds",
        "texts",
        "values",
        "watchers",
        "watching",
    )

    def __init__(self, key: Key) -> None:
        self.key = key
        self.values: dict[Value, Level] = {}
        self.seeds: dict[Value, Level] = _NO_SEEDS
        self.notes: dict[Value, Note] = _NO_NOTES  # what a trace says where a value begins here
        self.edges_in: list[Edge] = []
        self.edges_out: list[Edge] = []
        self.watchers: tuple[tuple[Watcher, Node | None], ...] = ()  # each with the node that it works for
        self.watching: tuple[Node, ...] = ()  # the nodes that it waits for, to know what flows into it
        self.cuts: tuple[str, ...] = ()  # the bounds that kept something from flowing into it, in words
        self.texts = 0
        self.capped = False


class Graph:
    """Nodes by key, and the work that is to be done."""

    def __init__(self, expand: Callable[[Node], None]) -> None:
        self.nodes: dict[Key, Node] = {}
        self._expand = expand
        self._fresh: deque[Node] = deque()
        self._arrivals: deque[tuple[Node, Value, Level]] = deque()
        self.asking: Node | None = None  # the node that work is done for
        self.cuts: set[str] = set()  # what any node was kept from
        self._done: set[tuple[object, ...]] = set()  # see `is_new`
        self._whole: set[Node] = set()  # nodes that rest on none that was cut; all were settled

    def node(self, key: Key) -> Node:
        """The node of a place; a new one is expanded before the next fixpoint."""
        node = self.nodes.get(key)
        if node is None:
            node = self.nodes[key] = Node(key)
            self._fresh.append(node)
        return node

    @contextmanager
    def working_for(self, node: Node) -> Iterator[None]:
        """Work for another node for a while, which then rests on what is waited for meanwhile."""
        before, self.asking = self.asking, node
        try:
            yield
        finally:
            self.asking = before

    def _rests_on_the_work(self, node: Node) -> None:
        """Note that a node is given something: where that is found in work for another one, it rests on that one, too.

        What `cuts_behind` says holds by this alone, whoever adds edges.
        """
        if node is not self.asking and self.asking is not None and self.asking not in node.watching[-1:]:
            node.watching += (self.asking,)
        self._unsettle(node)

    def is_new(self, node: Node, key: tuple[object, ...]) -> bool:
        """Whether something is not yet done for a node; from here on it is."""
        before = len(self._done)
        self._done.add((id(node), *key))
        return len(self._done) > before

    def seed(self, node: Node, value: Value, level: Level = CERTAIN, note: Note | None = None) -> None:
        """Let a value begin at a node."""
        self._rests_on_the_work(node)
        known = node.seeds.get(value)
        if known is None or level < known:
            node.seeds = node.seeds or {}
            node.seeds[value] = level
            if note is not None:
                node.notes = node.notes or {}
                node.notes[value] = note
        self._arrive(node, value, level)

    def flow(
        self,
        source: Node,
        target: Node,
        operation: Operation | Filter = SAME,
        level: Level = CERTAIN,
        note: Note | None = None,
    ) -> None:
        """Let values flow from one node into another."""
        kind = operation.key if isinstance(operation, Filter) else operation
        key = (id(source), kind, level, note is None)
        if source is target or not self.is_new(target, key):
            return
        self._rests_on_the_work(target)
        edge = Edge(source, target, operation, level, note)
        source.edges_out.append(edge)
        target.edges_in.append(edge)
        for value, reached in list(source.values.items()):
            self._pass(edge, value, reached)

    def watch(self, node: Node, watcher: Watcher) -> None:
        """Call back for every value of a node, those to come included."""
        node.watchers += ((watcher, self.asking),)
        if self.asking is not None:
            self.asking.watching += (node,)
            self._unsettle(self.asking)
        for value, level in list(node.values.items()):
            watcher(value, level)

    def cut(self, bound: str) -> None:
        """Say that a bound keeps something from flowing into the node that work is done for."""
        self.cuts.add(bound)
        if self.asking is not None and bound not in self.asking.cuts:
            self.asking.cuts += (bound,)
            self._unsettle(self.asking)

    def _unsettle(self, node: Node) -> None:
        """What was found whole may be so no longer."""
        if node in self._whole:
            self._whole.clear()

    def cuts_behind(self, node: Node) -> frozenset[str]:
        """The bounds that may have kept something from a settled node: those of all that it rests on, which is what
        flows into it, and what was waited for to know what does."""
        seen = {node}
        stack = [node]
        found: set[str] = set()
        while stack:
            one = stack.pop()
            found.update(one.cuts)
            for before in (*(edge.source for edge in one.edges_in), *one.watching):
                if before not in seen and before not in self._whole:
                    seen.add(before)
                    stack.append(before)
        if not found:
            self._whole |= seen
        return frozenset(found)

    def _pass(self, edge: Edge, value: Value, level: Level) -> None:
        for out in edge.through(value):
            self._arrive(edge.target, out, max(level, edge.level))

    def _arrive(self, node: Node, value: Value, level: Level) -> None:
        known = node.values.get(value)
        if known is not None and known <= level:
            return
        if known is None:
            if isinstance(value, TextValue) and value.text is not None:
                node.texts += 1
                if node.texts > TEXTS_KEPT:
                    value = TextValue(None)
                    if node.values.get(value, level + 1) <= level:
                        return
            if len(node.values) >= VALUES_KEPT:
                node.capped = True
                return
        node.values[value] = level
        self._arrivals.append((node, value, level))

    def settle(self, budget: int) -> bool:
        """Work until nothing is left to do; False where more than `budget` nodes would be expanded for it."""
        expanded = 0
        while self._fresh or self._arrivals:
            while self._arrivals:
                node, value, level = self._arrivals.popleft()
                for edge in node.edges_out:
                    self._pass(edge, value, level)
                for watcher, self.asking in node.watchers:
                    watcher(value, level)
            if self._fresh:
                if expanded >= budget:
                    return False
                expanded += 1
                self.asking = self._fresh.popleft()
                self._expand(self.asking)
        self.asking = None
        return True

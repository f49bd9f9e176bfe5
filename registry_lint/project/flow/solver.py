"""`Flow`: what can this expression be?

One Flow answers for one world: production code is solved over production files only, since test doubles
drown attribute names and bring callers that never run in production; a test may see both.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.project.domain import ClassRef, FunctionRef, Level, UnknownValue, Value
from registry_lint.project.flow import attributes, bindings, calls, expressions, filled, lifespans, mappings, parameters
from registry_lint.project.flow.graph import Graph, Node
from registry_lint.project.flow.indexes import Indexes
from registry_lint.project.flow.keys import (
    AttributeAt,
    BindingAt,
    EntriesAt,
    EntryAt,
    ExprAt,
    FieldAt,
    MemberAt,
    NameAt,
    ParameterAt,
    PutInAt,
    ReturnAt,
    StateAt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from registry_lint.facts.records import ExprId, FileFacts
    from registry_lint.findings import Span
    from registry_lint.project.annotations import Annotations
    from registry_lint.project.classes import Classes
    from registry_lint.project.files import Files
    from registry_lint.project.flow.callers import Caller, Callers
    from registry_lint.project.flow.copies import Copy
    from registry_lint.project.flow.keys import Key
    from registry_lint.project.flow.references import HandedOn
    from registry_lint.project.kinds import Kinds
    from registry_lint.project.names import Names

Values = dict[Value, Level]


class Limits(NamedTuple):
    """Bounds that are functions of the program, so that they do not depend on the order of questions.

    The figures are those of the study that came before the engine: with a caller limit of 60 a sink of 63
    sites was lost, more than 3 stores of one attribute name bring nothing but noise.
    """

    callers: int = 100  # call sites of one function, asked for values
    callers_typed: int = 25  # the same, asked for types
    field_stores: int = 3  # stores of an attribute name on objects of unknown type
    outside_stores: int = 20  # typed stores of an attribute from outside its class
    nodes_typed: int = 600  # nodes expanded for a question for a type
    nodes: int = 2_500  # nodes expanded for one question: a safety valve (the outage's own takes 1,300)

    def crowd(self, *, typed: bool = False) -> str:
        """What is said where more call a function than are followed."""
        limit, what = (self.callers_typed, "the types of what") if typed else (self.callers, "what")
        return f"a function that is called in more than {limit:,} places: {what} they pass is not seen"


# A graph that has grown beyond this many nodes is left behind between two questions. With half as many, 25,000 files
# took 8 % more time and 3 MB less.
_NODES_AT_HAND = 40_000
_EXHAUSTING_AT_HAND = 4  # graphs of some 3,000 nodes; most questions that are asked again are asked again at once


class Flow:
    """Follows values through one world of files."""

    def __init__(
        self,
        files: Files,
        names: Names,
        classes: Classes,
        annotations: Annotations,
        kinds: Kinds,
        world: Iterable[str],
        *,
        with_tests: bool,
        limits: Limits | None = None,
    ) -> None:
        self.files = files
        self.names = names
        self.classes = classes
        self.annotations = annotations
        self.kinds = kinds
        self.world = frozenset(world)
        self.limits = limits or Limits()
        self.indexes = Indexes(files, with_tests=with_tests)
        self.graph = Graph(self._expand)
        self.storage: Callable[[ClassRef, str], bool] = _no_storage  # what a registry keeps to itself
        self.bounds: defaultdict[str, int] = defaultdict(int)  # which bound was met, how often
        self.unresolved: list[tuple[Node, Callable[[], bool]]] = []
        self.callers: dict[FunctionRef, Callers] = {}
        self.handed_on: dict[str, HandedOn] = {}
        self.decorators: dict[str, dict[int, int]] = {}
        self.lifespans: tuple[FunctionRef, ...] | None = None
        self.copies: dict[str, list[Copy]] | None = None  # with other fields, by their names
        self.lambdas: dict[str, dict[int, Caller]] = {}
        self._exhausted: dict[Key, frozenset[str]] = {}  # questions that met the bound on nodes → all bounds they met
        self._left_behind = 0  # nodes of graphs that were left behind and are not collected yet
        self._exhausting: dict[Key, Node] = {}  # the last of these, solved; each keeps a graph of its own alive

    # --- questions ---

    def values(self, path: str, expr: ExprId) -> Values:
        """What flows into an expression."""
        return self.solve(self.value_node(path, expr)).values

    def types(self, path: str, expr: ExprId) -> Values:
        """What an expression is as a receiver: annotations are trusted."""
        return self.solve(self.type_node(path, expr), self.limits.nodes_typed).values

    def solve(self, node: Node, budget: int = 0, is_decided: Callable[[Values], bool] | None = None) -> Node:
        """Work until a node's values are final; the node that holds them.

        A question that meets the bound on nodes is asked once more of an empty graph, so that its answer does
        not depend on what was asked before, and leaves an empty graph behind.

        A bound is told where it may have kept something from the answer: not for what happened to be worked on at the
        same time, nor where the values that were found decide the question, whatever else there may be.
        """
        budget = budget or self.limits.nodes
        if node.key not in self._exhausted:
            if len(self.graph.nodes) > _NODES_AT_HAND and self.graph.asking is None:
                self._forget()
            node = self.graph.node(node.key)
            is_alone = len(self.graph.nodes) == 1
            if not self._settle(budget):
                node = self._give_up(node, budget) if is_alone else self._solve_alone(node.key, budget)
        else:
            node = self._exhausting.get(node.key) or self._solve_alone(node.key, budget)
        untold = self._exhausted.get(node.key, self.graph.cuts)
        if not self.bounds.keys() >= untold and not (is_decided is not None and is_decided(node.values)):
            for bound in self.gaps(node):
                self.bounds[bound] += 1
        return node

    def gaps(self, node: Node) -> frozenset[str]:
        """The bounds that may have kept something from a node that was solved, in words."""
        exhausted = self._exhausted.get(node.key)
        return self.graph.cuts_behind(node) if exhausted is None else exhausted

    def _solve_alone(self, key: Key, budget: int) -> Node:
        """The node of a place, solved in an empty graph."""
        self._forget()
        node = self.graph.node(key)
        return node if self._settle(budget) else self._give_up(node, budget)

    def _give_up(self, node: Node, budget: int) -> Node:
        """Leave a node as it is that met the bound in a graph of its own, and that graph behind."""
        bound = f"a question that leads to more than {budget:,} places: what can be there is unknown"
        self._exhausted[node.key] = frozenset({bound, *self.graph.cuts})
        self._exhausting[node.key] = node
        if len(self._exhausting) > _EXHAUSTING_AT_HAND:
            del self._exhausting[next(iter(self._exhausting))]
        self._forget()
        return node

    def _settle(self, budget: int) -> bool:
        """First what is resolved, then what goes by a name alone, until neither adds anything."""
        while self.graph.settle(budget):
            if not self._go_by_names():
                return True
        return False

    def _forget(self) -> None:
        self._left_behind += len(self.graph.nodes)
        self.graph = Graph(self._expand)
        self.unresolved = []
        self.callers = {}
        if self._left_behind > _NODES_AT_HAND:
            self._left_behind = 0
            gc.collect()  # nodes are held by one another, and a run collects nothing by itself

    def _go_by_names(self) -> bool:
        """Attribute loads whose receiver stayed unknown ask by the attribute's name; whether any did."""
        pending, self.unresolved = self.unresolved, []
        pending.sort(key=lambda entry: _place(entry[0]))
        asked = False
        for self.graph.asking, ask in pending:
            asked = ask() or asked
        self.graph.asking = None
        return asked

    # --- places ---

    def value_node(self, path: str, expr: ExprId) -> Node:
        """The node of an expression's values."""
        return self.graph.node(ExprAt(path, expr, typed=False))

    def type_node(self, path: str, expr: ExprId) -> Node:
        """The node of an expression's types."""
        return self.graph.node(ExprAt(path, expr, typed=True))

    def node(self, path: str, expr: ExprId, typed: bool) -> Node:
        """The node of an expression, asked in one of the two ways."""
        return self.graph.node(ExprAt(path, expr, typed))

    def facts(self, path: str) -> FileFacts:
        """The facts of a file that is known to parse."""
        return self.files.parsed(path)

    def span(self, path: str, expr: ExprId) -> Span:
        """Where an expression stands."""
        return self.facts(path).span(path, expr)

    def unknown(self, node: Node, reason: str) -> None:
        """Say that a value is not known."""
        self.graph.seed(node, UnknownValue(reason))

    # --- expansion ---

    def _expand(self, node: Node) -> None:
        match node.key:
            case ExprAt() as key:
                expressions.expand(self, node, key)
            case BindingAt() as key:
                bindings.expand_binding(self, node, key)
            case NameAt() as key:
                bindings.expand_name(self, node, key)
            case MemberAt() as key:
                bindings.expand_member(self, node, key)
            case ParameterAt() as key:
                parameters.expand_parameter(self, node, key)
            case ReturnAt() as key:
                calls.expand_return(self, node, key)
            case AttributeAt() as key:
                attributes.expand_attribute(self, node, key)
            case FieldAt() as key:
                attributes.expand_field(self, node, key)
            case StateAt() as key:
                lifespans.expand_state(self, node, key)
            case EntryAt() as key:
                mappings.expand_entry(self, node, key)
            case EntriesAt() as key:
                mappings.expand_entries(self, node, key)
            case PutInAt() as key:
                filled.expand_put_in(self, node, key)


def _no_storage(_owner: ClassRef, _attribute: str) -> bool:
    return False


def _place(node: Node) -> tuple[str, int]:
    key = node.key
    return (key.path, key.expr if isinstance(key, ExprAt) else -1)

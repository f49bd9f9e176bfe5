"""Who calls whom in production code: edges that were resolved, and a count of the calls that were not.

Two directions, one resolution (`Callees.of`), so that both tell the same edges:

- *forward*, `callees(node)`: what a function calls. Reads the one file that holds it. `reachable(start)` goes on from
  there and parses what it reaches, nothing else.
- *backward*, `callers(function)`: what calls a function. The sieve names the files in which its name is called, and
  only those are parsed; what is called by another name, since it was handed on, has `references` instead.
  `ways_to(targets)` goes on from there: cheap where little leads to the targets, which is so for the places that build
  a registry, and is how "which entry points reach this" is answered in a large project.

`python -m tests.callgraph` holds it against what really runs.

An edge says how it was found (`How`); a consumer chooses what it follows. `DIRECT` is what certainly runs when the
caller does; `EVERYTHING` adds what may run: callbacks that are passed on, methods that override the one called.
"""

from __future__ import annotations

import re
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.callees import Callees
from registry_lint.project.callsieve import CallSieve
from registry_lint.project.domain import LIKELY, ClassRef, ClassValue, FunctionRef
from registry_lint.project.edges import DIRECT, Edge, How, place_of
from registry_lint.project.flow.indexes import CallSite
from registry_lint.project.lately import Lately
from registry_lint.project.mentions import Mentions
from registry_lint.project.operators import RUN_BY_OPERATORS
from registry_lint.project.overriding import CONSTRUCTORS, Overriding, Target
from registry_lint.project.runs_in import ModuleBody, Node, RunsIn

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

_FILES_AT_HAND = 100  # whose indexes are kept
_SITES = 400  # calls of one name that are resolved; a name with more is everybody's (`get`, `run`)
_RUN_BY_CONSTRUCTION = (*CONSTRUCTORS, "__init_subclass__")


class CallGraph:
    """Edges of production code, found when they are asked for. All answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._resolved = Callees(project)
        self._overriding = Overriding(project)
        self.sieve = CallSieve(project)
        self._files: Lately[str, RunsIn] = Lately(_FILES_AT_HAND)
        self._callees: dict[Node, tuple[Edge, ...]] = {}
        self._callers: dict[FunctionRef, tuple[Edge, ...]] = {}
        self._mentions = Mentions(project, self._resolved, self.sieve, self.runs_in)
        self.cut_short: dict[str, int] = {}  # names that are called too often to be followed backward → calls

    # --- places ---

    def runs_in(self, path: str) -> RunsIn:
        """The index of one file that parses."""
        known = self._files.get(path)
        if known is None:
            known = RunsIn(path, self._project.facts_of)
            self._files.put(path, known)
        return known

    def node_of(self, path: str, expr: facts.ExprId) -> Node:
        """The function, or module body, that runs an expression."""
        return self.runs_in(path).node(expr)

    def span(self, edge: Edge) -> Span:
        """Where an edge stands in the code."""
        return self._project.span(edge.path, edge.expr)

    def called(self, node: Node) -> str:
        """A node as a person would write it: `get_registry()`, `Factory.create()`, `app/main.py`."""
        return node.path if isinstance(node, ModuleBody) else self._project.called(node)

    def targets(self, path: str, call: facts.ExprId) -> tuple[Target, ...]:
        """The functions of the project that one call runs."""
        return self._resolved.of(path, call).targets

    # --- forward ---

    def callees(self, node: Node) -> tuple[Edge, ...]:
        """The edges that leave a node, in the order of its code; those of overriding methods behind the overridden."""
        known = self._callees.get(node)
        if known is None:
            found = dict.fromkeys(self._forward(node)) if self._project.files.facts(node.path) else {}
            known = self._callees[node] = tuple(found)
        return known

    def unresolved(self, node: Node, names: Collection[str] | None = None) -> tuple[facts.ExprId, ...]:
        """The calls of a node whose callee stayed unknown (a third-party callee is known); with `names`, of those by
        one of them."""
        index = self.runs_in(node.path)
        return tuple(
            call
            for call in index.calls.get(node, ())
            if (names is None or index.file.last_name(self._project.call_at(node.path, call).func) in names)
            and not self._resolved.of(node.path, call).known
        )

    def names_called(self, node: Node) -> Collection[str]:
        """The names by which calls of a node are looked for: its own; those of its class and subclasses for a
        constructor, those of its objects for `__call__`."""
        if isinstance(node, ModuleBody):
            return ()
        record = self._project.function(node)
        owner = ClassRef(node.path, record.class_)
        if record.class_ == facts.NONE or record.name not in (*_RUN_BY_CONSTRUCTION, "__call__"):
            return (record.name,)
        if record.name == "__call__":
            return self.sieve.names_of(owner)
        return [self._project.classes.name(one) for one in (owner, *self._project.classes.subclasses(owner))]

    def _forward(self, node: Node) -> Iterator[Edge]:
        index = self.runs_in(node.path)
        for call in index.calls.get(node, ()):
            for target in self._resolved.of(node.path, call).targets:
                yield from self._with_overrides(node, node.path, call, target)
            yield from self._property_read(node, index, self._project.call_at(node.path, call).func)
        for use in index.operators_of.get(node, ()):
            if self._is_function_name(use.method):
                for ref, level in self._resolved.special(node.path, use):
                    yield Edge(node, ref, node.path, use.at, "operator", level)
        for load in index.loads_of.get(node, ()):
            if load not in index.headers:
                yield from self._loaded(node, index, load)
        for expr, how in index.headers_of.get(node, ()):
            if self._is_function_name(self._mentions.last_name(index.file, expr)):
                for ref, level in self._resolved.functions(node.path, expr):
                    yield Edge(node, ref, node.path, expr, how, level)

    def _with_overrides(self, node: Node, path: str, call: facts.ExprId, target: Target) -> Iterator[Edge]:
        yield Edge(node, target.of, path, call, target.how, target.level)
        for override in self._overriding.overriding(target):
            yield Edge(node, override, path, call, "override", LIKELY)

    def _loaded(self, node: Node, index: RunsIn, load: facts.ExprId) -> Iterator[Edge]:
        record = index.file.expressions[load]
        yield from self._property_read(node, index, load)
        if isinstance(record, facts.Attribute):
            if not self._is_function_name(record.name):
                return
        elif not isinstance(record, facts.Name) or not self._is_function_name(record.id):
            return
        for ref, level in self._resolved.functions(index.path, load):
            yield Edge(node, ref, index.path, load, "reference", max(level, LIKELY))

    def _property_read(self, node: Node, index: RunsIn, expr: facts.ExprId) -> Iterator[Edge]:
        record = index.file.expressions[expr]
        if isinstance(record, facts.Attribute) and record.name in self._property_names:
            for ref, level in self._resolved.properties(index.path, record):
                yield Edge(node, ref, index.path, expr, "property", level)

    def _is_function_name(self, name: str) -> bool:
        return name in self._function_names

    @cached_property
    def _function_names(self) -> frozenset[str]:
        """The names of all functions of production code, by the bytes: what is not among them is no reference."""
        header = re.compile(rb"def\s+(\w+)")
        read = self._project.files.read
        return frozenset(
            name.decode("utf-8", "replace") for path in self._project.production for name in header.findall(read(path))
        )

    @cached_property
    def _property_names(self) -> frozenset[str]:
        """The names of all properties of production code, by the bytes."""
        header = re.compile(rb"property(?:\(\w*\))?\s*\n\s*(?:@[^\n]*\n\s*)*(?:async\s+)?def\s+(\w+)")
        read = self._project.files.read
        return frozenset(
            name.decode("utf-8", "replace")
            for path in self._project.files.mentioning("property")
            if not self._project.settings.is_test(path)
            for name in header.findall(read(path))
        )

    def reachable(
        self, start: Iterable[Node], follow: frozenset[How] = DIRECT, most: int = 100_000
    ) -> dict[Node, Edge | None]:
        """Every node that can be reached, with the last edge of a shortest way (None for the start itself).

        Parses whatever it reaches, `most` nodes at the most.
        """
        found: dict[Node, Edge | None] = dict.fromkeys(start)
        pending = deque(found)
        while pending and len(found) < most:
            for edge in self.callees(pending.popleft()):
                if edge.how in follow and edge.target not in found:
                    found[edge.target] = edge
                    pending.append(edge.target)
        return found

    # --- backward ---

    def callers(self, function: FunctionRef) -> tuple[Edge, ...]:
        """The calls of a function, sorted by path and place; `how` is never "reference" or "text" here."""
        known = self._callers.get(function)
        if known is None:
            found = dict.fromkeys(self._backward(function))
            known = self._callers[function] = tuple(sorted(found, key=place_of))
        return known

    def callers_of_class(self, ref: ClassRef) -> tuple[Edge, ...]:
        """The calls that make an instance of a class, whether or not it has a constructor of its own.

        The target of such an edge is the constructor that runs, or FunctionRef(path, NONE) where there is none.
        """
        constructor = next(iter(self._project.classes.find_method(ref, "__init__")), FunctionRef(ref.path, facts.NONE))
        found: dict[Edge, None] = {}
        for site in self._class_sites(ref):
            call = self._project.call_at(site.path, site.call)
            for value, level in self._project.production_flow.types(site.path, call.func).items():
                if isinstance(value, ClassValue) and value.of == ref:
                    node = self.node_of(site.path, site.call)
                    found[Edge(node, constructor, site.path, site.call, "construct", level)] = None
        return tuple(sorted(found, key=place_of))

    def references(self, function: FunctionRef) -> tuple[Edge, ...]:
        """Where a function is named without being called: as callback, handler, decorator, dependency, or in a text.

        Imports and `__all__` are no references.
        """
        return self._mentions.references(function)

    def dependents(self, function: FunctionRef) -> tuple[Edge, ...]:
        """The functions that have a function injected: `Depends(f)` in a parameter or a decorator."""
        return self._mentions.dependents(function)

    def readers(self, path: str, name: str) -> tuple[Node, ...]:
        """The functions that read a global of a module, sorted; in other modules by its import or as an attribute."""
        return self._mentions.readers(path, name)

    def _backward(self, function: FunctionRef) -> Iterator[Edge]:
        record = self._project.function(function)
        for site in dict.fromkeys(self._sites_for(function, record)):
            for target in self._resolved.of(site.path, site.call).targets:
                node = self.node_of(site.path, site.call)
                if target.of == function:
                    yield Edge(node, function, site.path, site.call, target.how, target.level)
                elif self._overriding.overrides(function, target):
                    yield Edge(node, function, site.path, site.call, "override", LIKELY)
        if record.name in self._property_names and record.class_ != facts.NONE:
            yield from self._property_reads(function, record.name)
        if record.name in RUN_BY_OPERATORS and record.class_ != facts.NONE:
            yield from self._operations(function, record.name)

    def _sites_for(self, function: FunctionRef, record: facts.Function) -> tuple[CallSite, ...]:
        """The calls that may run a function, by name: its own; for a constructor, those of its class's family, and
        `super().__init__()` and `cls()` where the family lives; for `__call__`, those of the names of its objects."""
        if record.name == "__call__" and record.class_ != facts.NONE:
            names = (*self.sieve.names_of(ClassRef(function.path, record.class_)), record.name)
            return tuple(self._named_sites(names, self.sieve.near(function)))
        if record.class_ == facts.NONE or record.name not in _RUN_BY_CONSTRUCTION:
            return self._sites(record.name, self.sieve.calling(function))
        classes = self._project.classes
        owner = ClassRef(function.path, record.class_)
        family = [owner, *classes.subclasses(owner)]
        found: dict[CallSite, None] = {}
        for one in family:
            if function in self._resolved.constructors(one):
                found.update(dict.fromkeys(self._class_sites(one)))
        for path in dict.fromkeys(one.path for one in family if not self._project.settings.is_test(one.path)):
            calls = self._project.facts_of(path).calls
            for name in ("cls", record.name):
                found.update(dict.fromkeys(CallSite(path, call) for call in calls.get(name, ())))
        return tuple(found)

    def _named_sites(self, names: Iterable[str], paths: Iterable[str]) -> Iterator[CallSite]:
        for path in paths:
            file = self._project.files.facts(path)
            if file is not None:
                for call in sorted(call for name in names for call in file.calls.get(name, ())):
                    yield CallSite(path, call)

    def _class_sites(self, ref: ClassRef) -> tuple[CallSite, ...]:
        return self._sites(self._project.classes.name(ref), self.sieve.calling_class(ref))

    def _sites(self, name: str, paths: Iterable[str]) -> tuple[CallSite, ...]:
        """The calls of a name in some files, under the other names that imports and assignments give it."""
        found: list[CallSite] = []
        for path in paths:
            file = self._project.files.facts(path)
            if file is not None:
                for spelled in dict.fromkeys((name, *self.runs_in(path).renamed.get(name, ()))):
                    found.extend(CallSite(path, call) for call in file.calls.get(spelled, ()))
        if len(found) > _SITES:
            self.cut_short[name] = len(found)
            return ()
        return tuple(found)

    def _operations(self, function: FunctionRef, name: str) -> Iterator[Edge]:
        for path in self.sieve.near(function):
            if self._project.files.facts(path) is None:
                continue
            index = self.runs_in(path)
            for use in index.operators.get(name, ()):
                for ref, level in self._resolved.special(path, use):
                    if ref == function:
                        yield Edge(index.node(use.at), function, path, use.at, "operator", level)

    def _property_reads(self, function: FunctionRef, name: str) -> Iterator[Edge]:
        for path in self.sieve.reading_property(function):
            if self._project.files.facts(path) is None:
                continue
            index = self.runs_in(path)
            called = (index.file.expressions[call] for call in index.file.calls.get(name, ()))
            for expr in (*index.loads.get(name, ()), *(call.func for call in called if isinstance(call, facts.Call))):
                yield from (
                    edge for edge in self._property_read(index.node(expr), index, expr) if edge.target == function
                )

    # --- ways ---

    def ways_to(
        self,
        targets: Iterable[Node],
        follow: frozenset[How] = DIRECT,
        most: int = 5_000,
        through: Callable[[Edge], bool] | None = None,
    ) -> dict[Node, Edge | None]:
        """Every node from which a target can be reached, with the first edge of a shortest way to one (None for a
        target itself). `through` may refuse edges; `most` bounds the nodes."""
        found: dict[Node, Edge | None] = dict.fromkeys(targets)
        pending = deque(found)
        while pending and len(found) < most:
            node = pending.popleft()
            if isinstance(node, ModuleBody):
                continue
            edges = [edge for edge in self.callers(node) if edge.how in follow]
            if follow & {"reference", "decorator", "text"}:
                edges += [edge for edge in self.references(node) if edge.how in follow]
            elif "dependency" in follow:
                edges += self.dependents(node)
            for edge in edges:
                if edge.source not in found and (through is None or through(edge)):
                    found[edge.source] = edge
                    pending.append(edge.source)
        if pending:
            self.cut_short[f"ways of more than {most:,} functions"] = len(found)
        return found

    def way(self, start: Node, ways: dict[Node, Edge | None]) -> tuple[Edge, ...]:
        """The edges from a node to the target that `ways_to` found for it; () where the node is the target."""
        edges = []
        edge = ways[start]
        while edge is not None:
            edges.append(edge)
            edge = ways[edge.target]
        return tuple(edges)

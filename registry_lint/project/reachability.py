"""Which entry points lead to which places that build a registry, and by which shortest way.

Asked backward, from the few places to the many entry points, so that only what lies between them is parsed.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.edges import DIRECT, Edge, How
from registry_lint.project.filled_once import slot_filled_once
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.runs_in import ModuleBody, Node
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry_lint.project.constructions import Construction
    from registry_lint.project.domain import ClassRef, Level
    from registry_lint.project.entrypoints import EntryPoint
    from registry_lint.project.model import Project

FOLLOWED: frozenset[How] = DIRECT | {"override"}


class Reach(NamedTuple):
    """A place that an entry point leads to."""

    site: Construction
    way: tuple[Edge, ...]  # from the entry point to the function that builds it, or that reads the global that holds it

    @property
    def level(self) -> Level:
        """The worst step on the way."""
        return max((self.site.level, *(edge.level for edge in self.way)))


class Reachability:
    """Ways from entry points to constructions of registries in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._choices_in: dict[str, tuple[facts.Choice, ...]] = {}

    @cached_property
    def sites(self) -> tuple[Construction, ...]:
        """Every place in production code that builds a registry which is one by name or contract, but for those that
        derive it from one that there is; sorted."""
        return tuple(
            site
            for ref, registry in self._project.registries.all.items()
            if registry.named
            and not self._project.settings.is_test(ref.path)
            and not self._project.trackers.hands_out_one(ref)
            for site in self._project.constructions.of(ref)
            if not self._project.constructions.is_derived(site)
        )

    @cached_property
    def crowded(self) -> tuple[Construction, ...]:
        """Those of kinds that are built in more places than an entry point may lead to; only to them are ways asked."""
        kinds: dict[object, list[Construction]] = {}
        for site in self.sites:
            kinds.setdefault(self.kind(site), []).append(site)
        allowed = self._project.settings.max_registries
        crowd = {site for sites in kinds.values() if len(sites) > allowed for site in sites}
        return tuple(site for site in self.sites if site in crowd)

    @cached_property
    def _ways(self) -> dict[tuple[tuple[Node, ...], int], dict[Node, Edge | None]]:
        """The ways to the functions that build a registry, or that use one which its module built."""
        found: dict[tuple[tuple[Node, ...], int], dict[Node, Edge | None]] = {}
        for site in self.crowded:
            ends, fallback = key = self._key(site)
            if key not in found:
                found[key] = self._project.calls.ways_to(
                    ends, FOLLOWED, through=partial(self._may_build, ends, fallback)
                )
        return found

    def _may_build(self, ends: tuple[Node, ...], fallback: int, edge: Edge) -> bool:
        """Whether a call leads to the construction: not where it gives what is otherwise built."""
        return fallback == facts.NONE or edge.target not in ends or not self._passes(edge, fallback)

    def _key(self, site: Construction) -> tuple[tuple[Node, ...], int]:
        return self._ends[site], self._fallback_for(site)

    def _fallback_for(self, site: Construction) -> int:
        """The parameter in whose absence a registry is built (`registry or ToolRegistry()`, `if registry is None`);
        NONE where there is none."""
        file = self._project.facts_of(site.path)
        function = self._project.function_of(site.path, site.expr)
        if function is None:
            return facts.NONE
        asked: list[facts.ExprId] = []
        for record in self._choices(site.path):
            if site.expr in record.options:
                asked.extend(option for option in record.options if option != site.expr)
        for block in self._project.branches.around(site.path, file.expression_blocks[site.expr]):
            if file.blocks[block].kind == "if":
                for header in file.blocks[block].headers:
                    test = file.expressions[header]
                    if isinstance(test, facts.Opaque) and test.kind in ("compare Is", "compare Eq", "not"):
                        asked.extend(test.parts)
        for expr in asked:
            named = file.expressions[expr]
            for index in (named.bindings or ()) if isinstance(named, facts.Name) else ():
                binding = file.bindings[index]
                if isinstance(binding, facts.ParameterBinding) and binding.function == function.id:
                    return binding.index
        return facts.NONE

    def _choices(self, path: str) -> tuple[facts.Choice, ...]:
        """The choices in a file, looked for once however many registries it builds."""
        known = self._choices_in.get(path)
        if known is None:
            expressions = self._project.facts_of(path).expressions
            known = self._choices_in[path] = tuple(each for each in expressions if isinstance(each, facts.Choice))
        return known

    def _passes(self, edge: Edge, index: int) -> bool:
        """Whether a call gives an argument for a parameter, and not None."""
        call = self._project.facts_of(edge.path).expressions[edge.expr]
        function = self._project.function(edge.target)
        if not isinstance(call, facts.Call):
            return False
        is_static = decorated_as(self._project.production_flow, edge.target) == "static"
        skipped = int(function.class_ != facts.NONE and not is_static)
        given = argument_for(call, function.parameters, index, skipped)
        if given == facts.NONE:
            return False
        value = self._project.facts_of(edge.path).expressions[given]
        return not (isinstance(value, facts.Literal) and value.kind == "none")

    @cached_property
    def _ends(self) -> dict[Construction, tuple[Node, ...]]:
        return {site: self._ends_of(site) for site in self.crowded}

    def _ends_of(self, site: Construction) -> tuple[Node, ...]:
        """Where ways to a construction end: in what runs it; for a module's global, in whatever reads that."""
        calls = self._project.calls
        node = calls.node_of(site.path, site.expr)
        if isinstance(node, ModuleBody):
            for binding in self._project.facts_of(site.path).bindings:
                if isinstance(binding, facts.ValueBinding) and binding.scope == 0 and binding.expr == site.expr:
                    return (node, *calls.readers(site.path, binding.name))
        return (node,)

    @cached_property
    def all(self) -> dict[EntryPoint, tuple[Reach, ...]]:
        """For every entry point that leads to crowded constructions, what it leads to; both sorted by place."""
        calls = self._project.calls
        reported = self._project.reported
        if reported is not None and not self._project.entry_points.within(reported):
            return {}
        nodes = {node for ways in self._ways.values() for node in ways}  # in every file: one cause is told once
        found: dict[EntryPoint, tuple[Reach, ...]] = {}
        for entry in self._project.entry_points.among(nodes):
            reached = []
            for site in self.crowded:
                ways = self._ways[self._key(site)]
                if entry.node in ways:
                    reached.append(Reach(site, calls.way(entry.node, ways)))
            found[entry] = tuple(reached)
        return found

    def together(self, reaches: Iterable[Reach]) -> tuple[Reach, ...]:
        """Those of them that one run may all come to: of places in exclusive branches, of those behind methods that
        override one another, and of those that fill one attribute while it is empty, the most that go together."""
        chosen: list[Reach] = []
        for reach in reaches:
            if not any(self._exclude(reach, other) for other in chosen):
                chosen.append(reach)
        return tuple(chosen)

    def kind(self, site: Construction) -> tuple[ClassRef, str]:
        """What counts as one kind of registry: its family, and the literal name that tells an instance apart."""
        return self._project.families.root(site.of), self._project.constructions.literal_name(site)

    def _exclude(self, one: Reach, other: Reach) -> bool:
        if one.site.path == other.site.path and (
            self._in_exclusive_branches(one.site, other.site) or self._fill_one_slot(one.site, other.site)
        ):
            return True
        if self._are_told_apart(one.site, other.site):
            return True
        for edge in one.way:
            for parallel in other.way:
                same_call = (edge.path, edge.expr) == (parallel.path, parallel.expr)
                if same_call and edge.target != parallel.target and "override" in (edge.how, parallel.how):
                    return True
                if (
                    edge.source == parallel.source
                    and not same_call
                    and self._project.branches.exclusive(edge.path, edge.expr, parallel.expr)
                ):
                    return True
        return False

    def _are_told_apart(self, one: Construction, other: Construction) -> bool:
        """Two globals of modules under names of their own: `FORM_FIELDS = Registry()`, `COLUMNS = Registry()`."""
        names = (self._global_of(one), self._global_of(other))
        return "" not in names and names[0] != names[1]

    def _global_of(self, site: Construction) -> str:
        """The name of a module's global that a construction is bound to; "" where it is bound to none."""
        for binding in self._project.facts_of(site.path).bindings:
            if isinstance(binding, facts.ValueBinding) and binding.scope == 0 and binding.expr == site.expr:
                return binding.name.lower().strip("_")
        return ""

    def _fill_one_slot(self, one: Construction, other: Construction) -> bool:
        """`if self.tools is None: self.tools = ToolRegistry()` in two methods: whichever comes first makes the one."""
        slot = slot_filled_once(self._project, one.path, one.expr)
        return slot is not None and slot == slot_filled_once(self._project, other.path, other.expr)

    def _in_exclusive_branches(self, one: Construction, other: Construction) -> bool:
        return self._project.branches.exclusive(one.path, one.expr, other.expr)

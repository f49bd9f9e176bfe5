"""Keys that tell objects apart and name none of them: `id(x)`, `hash(x)`, `repr(x)`, a counter, a timestamp.

Which expressions do so is told in identities.py; here is where a name is expected, and what arrives there.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span, Step
from registry_lint.project.domain import CERTAIN, ClassRef, IdentityValue, Level, NumberValue
from registry_lint.project.flow.traces import trace
from registry_lint.project.identities import COUNTER, Identities
from registry_lint.project.tables import table_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.identities import Identity
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

_NAMING = re.compile(r"_*(?:\w+_)?(?:name|key|kind|label|alias|slug|title)_*")
# Registries of things that have no names of their own: an identity is the right key for a connection.
_NAMELESS = re.compile(
    r"\w*(?:Connection|Session|Request|Run|Execution|Task|Job|Event|Instance|Object|Callback|Listener|Subscri|Client"
    r"|Socket|Thread|Message|Span|Lease|Future|Process|Lock|Flow|Context)\w*"
)
# Methods that register what has a name, in classes that are registries by these alone.
_OF_NAMED = re.compile(r"_?(?:register|add)_(?:tool|agent|skill|plugin|command|service)s?")


class IdentityKey(NamedTuple):
    """An identity that becomes a key where a name is expected."""

    source: Span
    how: str
    registry: ClassRef
    steps: tuple[Step, ...]  # the way to the registration, source first
    level: Level


class IdentityKeys:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._identities = Identities(project)
        self._named_tables: dict[tuple[ClassRef, str, int], bool] = {}

    @cached_property
    def all(self) -> tuple[IdentityKey, ...]:
        """Every such key, one a source, sorted by place."""
        found: dict[Span, IdentityKey] = {}
        for key in (*self._at_registrations(), *self._at_stores()):
            found.setdefault(key.source, key)
        return tuple(found[span] for span in sorted(found))

    def _at_registrations(self) -> Iterator[IdentityKey]:
        project = self._project
        for registration in project.registrations.all:
            if registration.key == facts.NONE or not self._expects_name(registration):
                continue
            name = project.classes.name(registration.registry)
            becomes = Step(project.span(registration.path, registration.call), f"and becomes a key in {name}")
            for identity, steps, level in self._reaching(registration.path, registration.key):
                if self._is_handed_back(registration.path, registration.key, identity):
                    continue
                source = project.span(identity.path, identity.expr)
                told = (Step(source, f"{identity.how} is taken here"), *steps, becomes)
                yield IdentityKey(source, identity.how, registration.registry, told, max(level, registration.level))

    def _expects_name(self, registration: Registration) -> bool:
        parameter = self._project.function(registration.storing.function).parameters[registration.storing.key]
        return self._holds_named(registration.registry) and bool(_NAMING.fullmatch(parameter.name))

    def _holds_named(self, ref: ClassRef) -> bool:
        registry = self._project.registries.all[ref]
        named = registry.named or any(_OF_NAMED.fullmatch(method) for method in registry.methods)
        return named and not _NAMELESS.fullmatch(self._project.classes.name(ref))

    def _reaching(self, path: str, key: facts.ExprId) -> Iterator[tuple[Identity, tuple[Step, ...], Level]]:
        for identity in self._identities.of(path, key):
            yield identity, (), CERTAIN
        flow = self._project.production_flow
        node = flow.solve(flow.value_node(path, key))
        for value in node.values:
            if not isinstance(value, IdentityValue | NumberValue):
                continue
            way = trace(flow, node, value)
            if way is None or not way.arguments:
                continue
            entry = way.arguments[0].span
            expr = self._project.expression_at(entry)
            for identity in self._identities.of(entry.path, expr) if expr != facts.NONE else ():
                yield identity, way.steps, max(way.level, node.values[value])

    def _at_stores(self) -> Iterator[IdentityKey]:
        """`self._tools[id(tool)] = tool` in a registry whose table is asked by name elsewhere, and the same past its
        methods: `registry._tools[id(tool)] = tool`."""
        project = self._project
        for ref, path, store in project.registries.table_stores:
            table, depth = table_at(project.facts_of(path), store.base)
            if table is not None:
                span = project.place(path, store.position)
                yield from self._at_store(ref, path, store.key, table.name, depth, span, CERTAIN)
        for one in project.registrations.outside_stores:
            span = project.span(one.path, one.key)
            yield from self._at_store(one.registry, one.path, one.key, one.storing.table, 0, span, one.level)

    def _at_store(
        self, ref: ClassRef, path: str, key: facts.ExprId, table: str, depth: int, place: Span, level: Level
    ) -> Iterator[IdentityKey]:
        project = self._project
        if not self._holds_named(ref) or project.settings.is_test(path):
            return
        if not self._is_asked_by_name(ref, table, depth):
            return
        becomes = Step(place, f"and becomes a key in {project.classes.name(ref)}")
        for identity in self._identities.of(path, key):
            if self._is_handed_back(path, key, identity):
                continue
            source = project.span(identity.path, identity.expr)
            steps = (Step(source, f"{identity.how} is taken here"), becomes)
            yield IdentityKey(source, identity.how, ref, steps, level)

    def _is_handed_back(self, path: str, key: facts.ExprId, identity: Identity) -> bool:
        """`name = name or f"agent_{len(self.agents)}"` where the function returns `name`: who registers is told under
        which name, and anybody can tell such a one."""
        file = self._project.facts_of(path)
        named = file.expressions[key]
        if identity.how != COUNTER or not isinstance(named, facts.Name):
            return False
        if not isinstance(self._project.facts_of(identity.path).expressions[identity.expr], facts.Joined):
            return False
        scope = file.blocks[file.expression_blocks[key]].scope
        returned = (
            file.expressions[statement.expr]
            for statement in file.statements
            if statement.kind == "return"
            and statement.expr != facts.NONE
            and file.blocks[statement.block].scope == scope
        )
        return any(isinstance(record, facts.Name) and record.id == named.id for record in returned)

    def _is_asked_by_name(self, ref: ClassRef, table: str, depth: int) -> bool:
        """Whether a table is asked by name; at depth 1 what it holds under another key: `self._tools[space][name]`."""
        key = (ref, table, depth)
        if key not in self._named_tables:
            order = self._project.classes.order(ref)
            self._named_tables[key] = any(self._asks_by_name(b, table, depth) for b in order if isinstance(b, ClassRef))
        return self._named_tables[key]

    def _asks_by_name(self, ref: ClassRef, table: str, depth: int) -> bool:
        file = self._project.facts_of(ref.path)
        row, _, end_row, _ = file.classes[ref.id].extent
        for index, record in enumerate(file.expressions):
            if not row <= file.row(index) <= end_row:
                continue
            match record:
                case facts.Subscript(base=base, key=key) if key != facts.NONE and _reads(file, base, table, depth):
                    if _is_named_parameter(file, key):
                        return True
                case facts.Call(func=func, arguments=[first, *_]):
                    called = file.expressions[func]
                    asked = isinstance(called, facts.Attribute) and called.name in ("get", "pop")
                    if asked and _reads(file, called.base, table, depth) and _is_named_parameter(file, first.value):  # type: ignore[union-attr]  # an Attribute
                        return True
                case facts.Opaque(kind="compare In" | "compare NotIn", parts=[key, base]) if _reads(
                    file, base, table, depth
                ):
                    if _is_named_parameter(file, key):
                        return True
        return False


def _reads(file: facts.FileFacts, base: facts.ExprId, table: str, depth: int) -> bool:
    read, below = table_at(file, base)
    return read is not None and read.name == table and below == depth


def _is_named_parameter(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    record = file.expressions[expr]
    if not isinstance(record, facts.Name):
        return False
    for index in record.bindings or ():
        binding = file.bindings[index]
        if isinstance(binding, facts.ParameterBinding) and _NAMING.fullmatch(binding.name):
            return True
    return False

"""Keys in registries that are the name of an object's class, each with the way by which it gets there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts.records import NONE, Attribute, Call, Sequence
from registry_lint.findings import Span, Step
from registry_lint.project.domain import (
    CERTAIN,
    ClassRef,
    ClassValue,
    FunctionRef,
    FunctionValue,
    Level,
    MetaclassValue,
    NameOfValue,
    in_order,
)
from registry_lint.project.flow.traces import Trace, trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.facts.records import ExprId, SubscriptStore
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration


class NamedKey(NamedTuple):
    """A key in a registry that is the name of a class."""

    registry: ClassRef | None  # None: a dict of a module that is called like a registry
    called: str  # the registry's name, for a person
    registration: Registration | None  # None: a store into the registry's own table
    value: NameOfValue
    source: Span  # the expression that takes the name
    steps: tuple[Step, ...]
    level: Level


class _Sink(NamedTuple):
    """A place where a key enters a registry."""

    path: str
    key: ExprId
    span: Span
    called: str
    registry: ClassRef | None
    registration: Registration | None
    gathers: bool = False  # a list begins under the key, which all objects of a class share


class NamedKeys:
    """Finds them in the production code, once."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[NamedKey, ...]:
        """Every key that is the name of an object's class (or of a metaclass), however it gets there."""
        found: list[NamedKey] = []
        for registration in self._project.registrations.all:
            if registration.key != NONE and not registration.storing.forwards:
                span = self._project.span(registration.path, registration.call)
                name = self._project.classes.name(registration.registry)
                sink = _Sink(registration.path, registration.key, span, name, registration.registry, registration)
                found += self._keys_at(sink)
        sinks = tuple(self._table_sinks())
        found += (key for sink in sinks for key in self._keys_at(sink))
        return (*found, *self._keys_of_local_tables({(sink.path, sink.key) for sink in sinks}))

    def _keys_of_local_tables(self, seen: set[tuple[str, ExprId]]) -> Iterator[NamedKey]:
        """Keys of other dicts that are the name of a metaclass: those of classes, where instances were meant."""
        tables = self._project.local_tables
        for store in tables.stores:
            if (store.path, store.key) not in seen:
                span = self._project.span(store.path, store.key)
                for named in self._keys_at(_Sink(store.path, store.key, span, store.table, None, None)):
                    metaclass = named.value.of
                    if isinstance(metaclass, MetaclassValue) and tables.is_reached(store, ClassValue(metaclass.of)):
                        yield named

    def _table_sinks(self) -> Iterator[_Sink]:
        """Stores by key into the tables of registries, and into dicts of modules that are called like registries."""
        project = self._project
        seen: set[tuple[str, ExprId]] = set()
        for ref, path, store in project.registries.table_stores:
            seen.add((path, store.key))
            span = project.place(path, store.position)
            yield _Sink(path, store.key, span, project.classes.name(ref), ref, None, self._begins_list(path, store))
        for filling in project.registries.table_fillings:
            if filling.key == NONE:
                continue
            seen.add((filling.path, filling.key))
            span = project.span(filling.path, filling.key)
            yield _Sink(filling.path, filling.key, span, project.classes.name(filling.registry), filling.registry, None)
        for one in project.registrations.stores:
            if one.key != NONE and (one.path, one.key) not in seen:
                span = project.span(one.path, one.key)
                yield _Sink(one.path, one.key, span, project.classes.name(one.registry), one.registry, None)
        for path, name, store in project.registries.module_table_stores:
            span = project.place(path, store.position)
            yield _Sink(path, store.key, span, name, None, None, self._begins_list(path, store))

    def _begins_list(self, path: str, store: SubscriptStore) -> bool:
        """`self._handlers[key] = []`: what is registered is added to the list."""
        held = self._project.facts_of(path).expressions[store.expr] if store.expr != NONE else None
        return isinstance(held, Sequence) and held.kind in ("list", "set")

    def _keys_at(self, sink: _Sink) -> Iterator[NamedKey]:
        project = self._project
        flow = project.flow_for(sink.path)
        node = flow.solve(flow.value_node(sink.path, sink.key))
        for value in in_order(node.values):
            if not isinstance(value, NameOfValue) or isinstance(value.of, FunctionValue):
                continue
            way = trace(flow, node, value)
            if way is None or not way.takes_class:
                continue  # `Handler.__name__` is a name like any other
            if sink.gathers and not isinstance(value.of, MetaclassValue):
                continue  # no object takes the place of another one
            if sink.registration is None and self._is_handed_in(sink, way):
                continue  # the registering method was handed the key: its callers are looked at themselves
            taken = next((step for step in reversed(way.steps) if "name of a class is taken" in step.message), None)
            source = project.with_recasing(taken.span) if taken else project.span(sink.path, sink.key)
            becomes = Step(sink.span, f"and becomes a key in {sink.called}")
            level = max(way.level, sink.registration.level if sink.registration else CERTAIN)
            steps = way.ending(becomes)
            yield NamedKey(sink.registry, sink.called, sink.registration, value, source, steps, level)

    def _is_handed_in(self, sink: _Sink, way: Trace) -> bool:
        """Whether the name of a class leads through a parameter of the very function that uses it as key."""
        function = self._project.function_of(sink.path, sink.key)
        return any(
            FunctionRef(each.parameter.path, each.parameter.function) == function
            and isinstance(each.value, NameOfValue)
            for each in way.arguments
        )

    def is_of_declared_class(self, named: NamedKey) -> bool:
        """Whether the name is that of an attribute which is declared to hold a class: `self.tool_class.__name__` of a
        record with `tool_class: type[Tool]` is the name of what the record is about."""
        project = self._project
        file = project.facts_of(named.source.path)
        record = file.expressions[project.expression_at(named.source)]
        while isinstance(record, Call):
            record = file.expressions[record.func]
            record = file.expressions[record.base] if isinstance(record, Attribute) else record
        of = file.expressions[record.base] if isinstance(record, Attribute) else None
        if not isinstance(record, Attribute) or not isinstance(of, Attribute) or of.name == "__class__":
            return False
        held = project.production_flow.types(named.source.path, record.base)
        return any(isinstance(value, ClassValue) and value.declared for value in held)

    def registers_the_class(self, named: NamedKey) -> bool:
        """Whether what is registered under the name of a class is that class."""
        if named.registration is None or named.registration.value == NONE:
            return False
        values = self._project.production_flow.values(named.registration.path, named.registration.value)
        return named.value.of in values

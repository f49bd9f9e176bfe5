"""What arrives at registrations: each value with its way, and the place that a person would mend."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts.records import NONE, Attribute, Call, Sequence
from registry_lint.findings import Span, Step
from registry_lint.project.domain import (
    CERTAIN,
    AnyClass,
    ClassRef,
    ClassValue,
    DisplayValue,
    EntryOf,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    ItemOf,
    Level,
    MemberOf,
    MetaclassValue,
    NameOfValue,
    Value,
    nesting,
)
from registry_lint.project.flow.keys import BindingAt, EntriesAt
from registry_lint.project.flow.traces import Argument, Trace, trace, traces
from registry_lint.project.wants import UNSAID, Want

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.facts.records import ExprId, SubscriptStore
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration


class Arrival(NamedTuple):
    """A class or an instance that reaches a registration."""

    registration: Registration
    value: ClassValue | InstanceValue
    entry: Span  # where it enters: an argument that should be something else, or the registration's own
    steps: tuple[Step, ...]  # the whole way, source first, the registration last
    level: Level
    want: Want  # what is wanted at the entry
    origin: Span | None  # the expression in which it begins

    @property
    def of(self) -> AnyClass:
        """The class of what arrives."""
        return self.value.of


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


class Arrivals:
    """Answers for every registration of the production code, computed once."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def values(self) -> tuple[Arrival, ...]:
        """Every class and instance that reaches the value of a registration, in order of registration."""
        return tuple(
            arrival
            for registration in self._sinks
            if not self._project.checks.is_check(registration.path, registration.call)
            for arrival in self._at(registration)
        )

    @cached_property
    def _sinks(self) -> tuple[Registration, ...]:
        """The registrations that are looked at: a method that only hands on to another one is looked through."""
        registrations = self._project.registrations
        return tuple(
            registration
            for registration in (*registrations.all, *registrations.stores, *registrations.decorations)
            if (registration.value != NONE or registration.decorated != NONE)
            and (registration.is_store or not registration.storing.forwards)
        )

    def _at(self, registration: Registration) -> Iterator[Arrival]:
        project = self._project
        flow = project.production_flow
        if registration.decorated != NONE:
            node = flow.solve(flow.graph.node(BindingAt(registration.path, registration.decorated, typed=False)))
        else:
            node = flow.solve(flow.value_node(registration.path, registration.value))
        for held in sorted(node.values, key=_order):
            for value in self._stored(registration, held):
                found = []
                for way in traces(flow, node, held):
                    if registration.is_store and self._is_looked_at_before(registration, way):
                        continue
                    entry, want = self._entry(registration, way, value)
                    steps = _distinct((*way.steps, self._registered(registration, value)))
                    level = max(way.level, registration.level)
                    found.append(Arrival(registration, value, entry, steps, level, want, way.origin))
                yield from (one for one in found if not any(_begins_before(other, one) for other in found))

    def _stored(self, registration: Registration, held: Value) -> Iterator[ClassValue | InstanceValue]:
        """What a registration stores of what it is handed: the value itself, or every entry of a mapping."""
        flow = self._project.production_flow
        if not registration.storing.many:
            if isinstance(held, ClassValue | InstanceValue):
                yield held
        elif isinstance(held, EntryOf | ItemOf | MemberOf):
            inner = held.value
            if isinstance(inner, ItemOf) and inner.index == 1:
                inner = inner.value  # `update(pairs)`
            if isinstance(inner, ClassValue | InstanceValue):
                yield inner
        elif isinstance(held, DisplayValue):
            entries = flow.solve(flow.graph.node(EntriesAt(held.path, held.expr, typed=False)))
            for value in sorted(entries.values, key=_order):
                if isinstance(value, ClassValue | InstanceValue):
                    yield value

    def _registered(self, registration: Registration, value: Value) -> Step:
        noun = "the class is" if isinstance(value, ClassValue) else "it is"
        name = self._project.classes.name(registration.registry)
        return Step(self._project.span(registration.path, registration.call), f"{noun} registered in {name}")

    def _entry(self, registration: Registration, way: Trace, value: Value) -> tuple[Span, Want]:
        """The argument in which something enters that does not belong there, and what is wanted instead.

        Parameters that ask for classes are passed over: up to there the class is at its place.
        """
        wants = self._project.wants
        wanted = wants.of(registration)
        if wanted.what == "unsaid" and isinstance(value, ClassValue):
            wanted = wants.by_use(registration, value.of)
        remaining = self.arguments_in_question(way, value)
        if isinstance(value, ClassValue):
            for argument in remaining:
                declared = wants.parameter(argument.parameter)
                if declared.what == "instances":
                    return argument.span, declared
            if wanted.counted and wants.is_key_of_a_class(registration.path, registration.key):
                wanted = UNSAID
        at = registration.value if registration.decorated == NONE else registration.call
        own = self._project.span(registration.path, at)
        return (remaining[0].span if remaining else own), wanted

    def arguments_in_question(self, way: Trace, value: Value) -> list[Argument]:
        """The arguments on a way behind the last parameter that asks for just what arrives."""
        remaining: list[Argument] = []
        for argument in way.arguments:
            if self._asks(argument) == "classes" or self._declares(argument, value):
                remaining = []
            else:
                remaining.append(argument)
        return remaining

    def _declares(self, argument: Argument, value: Value) -> bool:
        """Whether a parameter is declared as an instance of just the class that arrives: whoever declares
        that hands on what was asked for."""
        key = argument.parameter
        annotation = self._project.facts_of(key.path).functions[key.function].parameters[key.index].annotation
        declared = self._project.annotations.declared(key.path, annotation)
        return isinstance(value, InstanceValue) and InstanceValue(value.of, declared=True) in declared

    def _asks(self, argument: Argument) -> str:
        """Whether a parameter is meant for classes, by its annotation or by its name."""
        declared = self._project.wants.parameter(argument.parameter)
        if declared.what != "unsaid":
            return declared.what
        key = argument.parameter
        function = self._project.facts_of(key.path).functions[key.function]
        name = function.parameters[key.index].name.lower()
        named_so = name.endswith(("_class", "_classes", "_cls", "_type", "_types", "_factory", "_factories"))
        return "classes" if named_so or name in ("cls", "klass", "classes", "types") else "unsaid"

    # --- keys ---

    @cached_property
    def keys(self) -> tuple[NamedKey, ...]:
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
        for value in sorted(node.values, key=_order):
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
            steps = _distinct((*way.steps, becomes))
            yield NamedKey(sink.registry, sink.called, sink.registration, value, source, steps, level)

    def is_evidence(self, arrival: Arrival) -> bool:
        """Whether a class really arrives: one that is only declared (`Type[Tool]`, `issubclass(found, Tool)`) counts
        where nothing else arrives at a call that registers; a store may note the type of what is stored elsewhere."""
        if not arrival.value.declared:
            return True
        registration = arrival.registration
        if arrival.of == "builtins.object" or registration.value == NONE or registration.is_store:
            return False
        values = self._project.production_flow.values(registration.path, registration.value)
        return not any(
            isinstance(value, InstanceValue) or (isinstance(value, ClassValue) and not value.declared)
            for value in values
        )

    def _is_handed_in(self, sink: _Sink, way: Trace) -> bool:
        """Whether the name of a class leads through a parameter of the very function that uses it as key."""
        function = self._project.function_of(sink.path, sink.key)
        return any(
            FunctionRef(each.parameter.path, each.parameter.function) == function
            and isinstance(each.value, NameOfValue)
            for each in way.arguments
        )

    def _is_looked_at_before(self, registration: Registration, way: Trace) -> bool:
        """Whether what a store puts into a table was handed in by a call of a registering method, which is looked at
        itself: what stands in a list that is handed in, is given to a constructor, or comes by `map`, is not."""
        function = self._project.function_of(registration.path, registration.value)
        return any(
            FunctionRef(given.parameter.path, given.parameter.function) == function
            and given.span in self._registered_as_it_is
            and (self._registered_as_it_is[given.span] or nesting(given.value) == 0)
            for given in way.arguments
        )

    @cached_property
    def _registered_as_it_is(self) -> dict[Span, bool]:
        """The arguments that calls of registering methods are given to store, and whether all in them is stored."""
        return {
            self._project.span(one.path, one.value): one.storing.many
            for one in self._project.registrations.all
            if one.value != NONE and not one.storing.forwards
        }

    def is_own_entry(self, arrival: Arrival) -> bool:
        """Whether what is stored was made in the very method of the registry that stores it: a note of its own."""
        registration, origin = arrival.registration, arrival.origin
        if not registration.is_store or origin is None or not isinstance(arrival.value, InstanceValue):
            return False
        made = self._project.expression_at(origin)
        if made == NONE or origin.path != registration.path:
            return False
        if arrival.value.declared or made not in self._project.calls_in(origin.path):
            return False
        function = self._project.function_of(origin.path, made)
        owner = self._project.classes.owner(function) if function is not None else None
        return (
            function == self._project.function_of(registration.path, registration.call)
            and owner is not None
            and self._project.classes.derives(registration.registry, owner)
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


def _begins_before(other: Arrival, one: Arrival) -> bool:
    """Whether another way tells the same mistake further out: it passes the place where this one enters. What a dict
    holds is found through the parameters that it goes through, and past them by its keys."""
    return (
        other.entry != one.entry
        and other.origin == one.origin
        and any(step.span == one.entry for step in other.steps)
        and not any(step.span == other.entry for step in one.steps)
    )


def _order(value: Value) -> tuple[str, ...]:
    of = getattr(value, "of", "")
    where = (of.path, f"{of.id:06}") if isinstance(of, ClassRef) else (str(of), "")
    return (type(value).__name__, *where, repr(value))


def _distinct(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps without those that stand where the step before stands."""
    kept: list[Step] = []
    for step in steps:
        if kept and kept[-1].span == step.span:
            kept[-1] = step
        else:
            kept.append(step)
    return tuple(kept)

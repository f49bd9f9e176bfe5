"""What arrives at registrations: each value with its way, and the place that a person would mend.

What arrives as their keys is another question (see named_keys.py, registered_keys.py, identity_keys.py).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts.records import NONE
from registry_lint.findings import Span, Step
from registry_lint.project.domain import (
    AnyClass,
    ClassValue,
    DisplayValue,
    EntryOf,
    FunctionRef,
    InstanceValue,
    ItemOf,
    Level,
    MemberOf,
    Value,
    in_order,
    nesting,
)
from registry_lint.project.flow.keys import BindingAt, EntriesAt
from registry_lint.project.flow.traces import Argument, Trace, traces
from registry_lint.project.wants import UNSAID, Want

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        for held in in_order(node.values):
            for value in self._stored(registration, held):
                found = []
                for way in traces(flow, node, held):
                    if registration.is_store and self._is_looked_at_before(registration, way):
                        continue
                    entry, want = self._entry(registration, way, value)
                    steps = way.ending(self._registered(registration, value))
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
            for value in in_order(entries.values):
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


def _begins_before(other: Arrival, one: Arrival) -> bool:
    """Whether another way tells the same mistake further out: it passes the place where this one enters. What a dict
    holds is found through the parameters that it goes through, and past them by its keys."""
    return (
        other.entry != one.entry
        and other.origin == one.origin
        and any(step.span == one.entry for step in other.steps)
        and not any(step.span == other.entry for step in one.steps)
    )

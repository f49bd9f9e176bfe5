"""Enumerations: `Kind.SEARCH.value` is what the body of the class says, and a loop over the class hands out members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, InstanceValue
from registry_lint.project.flow.keys import BindingAt

if TYPE_CHECKING:
    from registry_lint.project.domain import AnyClass, Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.solver import Flow

_ENUMERATIONS = frozenset(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"))


def is_enumeration(flow: Flow, of: AnyClass) -> bool:
    """Whether a class is an enumeration of the project."""
    return isinstance(of, ClassRef) and not _ENUMERATIONS.isdisjoint(flow.classes.order(of))


def expand_value(flow: Flow, node: Node, key: ExprAt, attribute: facts.Attribute) -> None:
    """`Kind.SEARCH.value`; the value of any member, where `kind.value` says no more."""
    member = flow.facts(key.path).expressions[attribute.base]
    if isinstance(member, facts.Attribute):
        base = flow.node(key.path, attribute.base, key.typed)

        def named(value: Value, level: Level) -> None:
            if isinstance(value, ClassValue) and is_enumeration(flow, value.of):
                flow.graph.flow(base, node, level=level)

        flow.graph.watch(flow.type_node(key.path, member.base), named)

    def any_of_them(value: Value, level: Level) -> None:
        if isinstance(value, InstanceValue) and isinstance(value.of, ClassRef) and is_enumeration(flow, value.of):
            file = flow.facts(value.of.path)
            for bindings in file.scopes[file.classes[value.of.id].scope].names.values():
                for index in bindings:
                    if isinstance(file.bindings[index], facts.ValueBinding):
                        source = flow.graph.node(BindingAt(value.of.path, index, key.typed))
                        flow.graph.flow(source, node, level=level)

    flow.graph.watch(flow.type_node(key.path, attribute.base), any_of_them)

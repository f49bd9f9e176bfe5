"""Annotated fields of classes whose constructor is made from them: dataclasses, models, named tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, Level, Value
from registry_lint.project.flow.copies import flow_copies
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.named_tuples import fields_of_base

if TYPE_CHECKING:
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.solver import Flow


def field_keywords(flow: Flow, node: Node, owner: ClassRef, name: str) -> None:
    """`Class(name=value)`: the keyword, or the position, of an annotated field of a class without a constructor of its
    own, and of those that derive from it."""
    if flow.classes.find_method(owner, "__init__"):
        return
    flow_copies(flow, node, owner, name)
    for of in (owner, *flow.classes.subclasses(owner)):
        sites = flow.indexes.call_sites(flow.classes.record(of).name, flow.limits.callers)
        if sites is None:
            flow.graph.cut(flow.limits.crowd())
            continue
        names = fields(flow, of)
        for site in sites:
            call = flow.facts(site.path).expressions[site.call]
            assert isinstance(call, facts.Call)
            positional = [argument.value for argument in call.arguments if argument.name == ""]
            value = next((a.value for a in call.arguments if a.name == name), None)
            if value is None and name in names and names.index(name) < len(positional):
                value = positional[names.index(name)]
            if value is not None:
                _watch_field(flow, node, of, site.path, call.func, value, name)


def _watch_field(
    flow: Flow, node: Node, owner: ClassRef, path: str, func: facts.ExprId, value: facts.ExprId, name: str
) -> None:
    def arrive(found: Value, level: Level) -> None:
        if isinstance(found, ClassValue) and found.of == owner:
            note = Note(f"passed as {name}=", flow.span(path, value))
            flow.graph.flow(flow.value_node(path, value), node, level=level, note=note)

    flow.graph.watch(flow.type_node(path, func), arrive)


def fields(flow: Flow, of: ClassRef) -> list[str]:
    """The annotated fields of a class in the order in which its constructor takes them, inherited ones first."""
    found: dict[str, None] = {}
    for base in reversed(flow.classes.order(of)):
        if isinstance(base, ClassRef):
            found |= dict.fromkeys(fields_of_base(flow, base))
            file = flow.facts(base.path)
            for name, bindings in file.scopes[file.classes[base.id].scope].names.items():
                record = file.bindings[bindings[0]]
                if isinstance(record, facts.ValueBinding) and record.annotation != facts.NONE:
                    found[name] = None
    return list(found)

"""What flows into an expression, by its form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    DisplayValue,
    FunctionRef,
    FunctionValue,
    NoneValue,
    NumberValue,
    TextValue,
)
from registry_lint.project.flow import attributes, bindings, calls, mappings
from registry_lint.project.flow.graph import Note

if TYPE_CHECKING:
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.solver import Flow

ITEMS_READ = 64  # items of one display that are followed; a literal of thousands holds data, not tools

# What every object has for itself: beside it in a text, the name of a class is no name of the object any more.
_OWN_NAME = re.compile(r"name|id|key|identifier|(?:\w+_)?(?:uuid|uid|hash|digest|fingerprint|checksum)")
_UNIQUE = frozenset({"id", "uuid1", "uuid4", "next", "time", "time_ns", "hash"})


def expand(flow: Flow, node: Node, key: ExprAt) -> None:
    """Connect the node of an expression with what it is made of."""
    path, typed = key.path, key.typed
    match flow.facts(path).expressions[key.expr]:
        case facts.Name() as name:
            bindings.expand_name_load(flow, node, key, name)
        case facts.Attribute() as attribute:
            attributes.expand_load(flow, node, key, attribute)
        case facts.Subscript() as subscript:
            mappings.expand_subscript(flow, node, key, subscript)
        case facts.Call() as call:
            calls.expand_call(flow, node, key, call)
        case facts.Sequence() as sequence:
            _sequence(flow, node, key, sequence)
        case facts.Starred(value=value):
            flow.graph.flow(flow.node(path, value, typed), node, ("collection",))
        case facts.Mapping():
            flow.graph.seed(node, DisplayValue(path, key.expr))  # its entries are asked for by key
        case facts.Comprehension(kind="dict", key=key_expr, value=value):
            flow.graph.flow(flow.node(path, value, typed), node, ("entry-of",))
            flow.graph.flow(flow.node(path, key_expr, typed), node, ("key-of",))
        case facts.Comprehension(value=value):
            note = Note("collected here", flow.span(path, key.expr))
            flow.graph.flow(flow.node(path, value, typed), node, ("member",), note=note)
        case facts.Choice(kind=kind, options=options):
            _choice(flow, node, key, kind, options)
        case facts.Joined(parts=parts):
            flow.graph.seed(node, TextValue(None))
            telling = {part for part in parts if _tells_apart(flow.facts(path), part)}
            for part in parts:
                operation = "text-beside" if telling - {part} else "text"
                flow.graph.flow(flow.node(path, part, typed), node, (operation,))
        case facts.Binary(operator="+" | "|" | "-" | "&", left=left, right=right):
            flow.graph.flow(flow.node(path, left, typed), node, ("concatenated",))
            flow.graph.flow(flow.node(path, right, typed), node, ("concatenated",))
        case facts.Binary(operator=operator, left=left):
            flow.graph.seed(node, NumberValue())
            if operator == "*":  # `[x] * 3`
                flow.graph.flow(flow.node(path, left, typed), node, ("collection",))
        case facts.Literal() as literal:
            _literal(flow, node, literal)
        case facts.Lambda(function=function):
            flow.graph.seed(node, FunctionValue(FunctionRef(path, function)))
        case facts.Opaque(kind=kind):
            if kind.startswith("compare") or kind == "not":
                flow.graph.seed(node, NumberValue())
            else:
                flow.unknown(node, kind)


def _tells_apart(file: facts.FileFacts, part: facts.ExprId) -> bool:
    """Whether a part of a text differs from object to object: `tool.name`, `id(tool)`, `uuid4()`."""
    match file.expressions[part]:
        case facts.Attribute(name=name) | facts.Name(id=name):
            return _OWN_NAME.fullmatch(name) is not None
        case facts.Call(func=func):
            called = file.expressions[func]
            name = called.name if isinstance(called, facts.Attribute) else getattr(called, "id", "")
            return name in _UNIQUE
    return False


def _literal(flow: Flow, node: Node, literal: facts.Literal) -> None:
    match literal:
        case facts.Literal(kind="str", value=str() as text):
            flow.graph.seed(node, TextValue(text))
        case facts.Literal(kind="none"):
            flow.graph.seed(node, NoneValue())
        case _:
            flow.graph.seed(node, NumberValue())


def _sequence(flow: Flow, node: Node, key: ExprAt, sequence: facts.Sequence) -> None:
    noun = sequence.kind
    note = Note(f"put into this {noun}", flow.span(key.path, key.expr))
    items = sequence.items
    if len(items) > ITEMS_READ:
        flow.graph.cut(f"a literal of more than {ITEMS_READ:,} items: those after are not seen")
        items = items[:ITEMS_READ]
    expressions = flow.facts(key.path).expressions
    for index, item in enumerate(items):
        source = flow.node(key.path, item, key.typed)
        if isinstance(expressions[item], facts.Starred):
            flow.graph.flow(source, node, ("collection",), note=note)
        elif noun == "tuple":
            flow.graph.flow(source, node, ("as-item", index), note=note)
        else:
            flow.graph.flow(source, node, ("member",), note=note)


def _choice(flow: Flow, node: Node, key: ExprAt, kind: str, options: tuple[int, ...]) -> None:
    last = len(options) - 1
    for index, option in enumerate(options):
        if kind == "and" and index < last:
            continue  # chosen only where it is falsy: never an object that a rule asks about
        operation = ("truthy",) if kind == "or" and index < last else ("same",)
        flow.graph.flow(flow.node(key.path, option, key.typed), node, operation)

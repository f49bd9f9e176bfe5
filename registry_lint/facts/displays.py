"""Displays of lists, tuples, sets and dictionaries: written out item by item, or as a comprehension."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.guards import narrow
from registry_lint.facts.records import NONE, Comprehension, ExprId, Mapping, Scope, Sequence, Starred
from registry_lint.facts.stores import store

if TYPE_CHECKING:
    from registry_lint.facts.expressions import ExpressionReader

# Items of one display that are read one by one: a table of a million numbers holds nothing that a rule asks for.
_MOST_LITERALS = 1_000


def read_sequence(reader: ExpressionReader, node: ast.List | ast.Tuple | ast.Set) -> ExprId:
    """Read `[a, b]`, `(a, b)` or `{a, b}`."""
    kind = "list" if isinstance(node, ast.List) else "tuple" if isinstance(node, ast.Tuple) else "set"
    few = len(node.elts) <= _MOST_LITERALS
    items = reader.read_all(node.elts) if few else tuple(_items(reader, node.elts))
    return reader.enter(Sequence(kind, items), node)  # type: ignore[arg-type]  # one of the three kinds


def _items(reader: ExpressionReader, nodes: list[ast.expr]) -> list[ExprId]:
    """Read the items of a long display: behind the first thousand, one literal of a kind stands for the rest."""
    items = [reader.read(item) for item in nodes[:_MOST_LITERALS]]
    shared: dict[type, ExprId] = {}
    for item in nodes[_MOST_LITERALS:]:
        if not isinstance(item, ast.Constant):
            items.append(reader.read(item))
            continue
        kind = type(item.value)
        if kind not in shared:
            shared[kind] = reader.read(item)
        items.append(shared[kind])
    return items


def read_starred(reader: ExpressionReader, node: ast.Starred) -> ExprId:
    """Read `*a`."""
    return reader.enter(Starred(reader.read(node.value)), node)


def read_dict(reader: ExpressionReader, node: ast.Dict) -> ExprId:
    """Read `{a: b, **c}`."""
    items = [
        (reader.read_optional(key), reader.read(value))
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True))
        if index < _MOST_LITERALS or not (isinstance(key, ast.Constant) and isinstance(value, ast.Constant))
    ]
    return reader.enter(Mapping(tuple(items)), node)


def read_comprehension(
    reader: ExpressionReader, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> ExprId:
    """Read a comprehension or a generator expression, in a scope of its own."""
    outer = (reader.environment, reader.guards, reader.scope)
    first = reader.read(node.generators[0].iter)
    reader.environment, reader.guards = reader.copied(reader.environment, reader.guards)
    reader.scope = reader.tables.new_scope(Scope("comprehension", reader.scope, NONE, {}, ()))
    for index, generator in enumerate(node.generators):
        iterable = reader.read(generator.iter) if index else first
        store(reader, generator.target, iterable, (("element", 0),))
        for test in generator.ifs:
            reader.read(test)
            narrow(reader, test, holds=True)
    if isinstance(node, ast.DictComp):
        key, value, kind = reader.read(node.key), reader.read(node.value), "dict"
    else:
        key, value = NONE, reader.read(node.elt)
        kind = {ast.ListComp: "list", ast.SetComp: "set"}.get(type(node), "generator")
    reader.environment, reader.guards, reader.scope = outer
    return reader.enter(Comprehension(kind, key, value), node)  # type: ignore[arg-type]  # one of the four

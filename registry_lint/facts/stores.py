"""Targets: what is bound to a name, an attribute, an entry, or to the parts of a tuple."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.literals import literal_key
from registry_lint.facts.records import NONE, AttributeStore, ExprId, Path, SubscriptStore, ValueBinding

if TYPE_CHECKING:
    from registry_lint.facts.expressions import ExpressionReader

# What is tested for in every file ten thousand times; `A | B` makes a new object each time that it is met.
DISPLAYS = (ast.Tuple, ast.List)


def store(reader: ExpressionReader, target: ast.expr, value: ExprId, path: Path, annotation: ExprId = NONE) -> None:
    """Bind a target to (a part of) an expression."""
    tables = reader.tables
    if isinstance(target, ast.Name):
        name = target.id
        binding = tables.bind(ValueBinding(name, reader.scope, tables.place(target), value, path, annotation))
        reader.rebind(name, binding)
    elif isinstance(target, ast.Attribute):
        base, place = reader.read(target.value), tables.place(target)
        stored = AttributeStore(base, target.attr, value, path, annotation, reader.block, place)
        tables.attribute_stores.append(stored)
        reader.forget(target)
    elif isinstance(target, ast.Subscript):
        base, key, place = reader.read(target.value), reader.read(target.slice), tables.place(target)
        subscript = SubscriptStore(base, key, literal_key(target.slice), value, path, reader.block, place)
        tables.subscript_stores.append(subscript)
        reader.forget(target)
    elif isinstance(target, ast.Starred):
        store(reader, target.value, value, path)
    elif isinstance(target, DISPLAYS):
        for index, item in enumerate(target.elts):
            if isinstance(item, ast.Starred):
                store(reader, item.value, value, (*path, ("rest", index)))
            else:
                store(reader, item, value, (*path, ("item", index)))


def store_pairwise(reader: ExpressionReader, target: ast.Tuple | ast.List, value: ast.expr, read: ExprId) -> None:
    """Store `a, b = x, y` as two stores: nothing is gained by going through a tuple."""
    expression = reader.tables.expressions[read]
    if (
        isinstance(value, DISPLAYS)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts))
    ):
        for item, part in zip(target.elts, expression.items, strict=True):  # type: ignore[union-attr]
            store(reader, item, part, ())
    else:
        store(reader, target, read, ())

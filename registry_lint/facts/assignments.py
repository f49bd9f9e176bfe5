"""Statements that bind and unbind: assignments of every form, type aliases, `del`; and what `__all__` lists."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from registry_lint.facts.records import NONE, ValueBinding
from registry_lint.facts.stores import DISPLAYS, store, store_pairwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.facts.statements import StatementWalker


def walk_assignment(walker: StatementWalker, node: ast.Assign) -> bool:
    """`a = b = c`."""
    return _walk_assigned(walker, node, node.targets, node.value)


if sys.version_info >= (3, 12):

    def walk_type_alias(walker: StatementWalker, node: ast.TypeAlias) -> bool:
        """`type A = B`: an assignment."""
        return _walk_assigned(walker, node, [node.name], node.value)


def _walk_assigned(walker: StatementWalker, node: ast.stmt, targets: Sequence[ast.expr], value: ast.expr) -> bool:
    read = walker.read(value)
    for target in targets:
        if isinstance(target, DISPLAYS):
            store_pairwise(walker, target, value, read)
        else:
            store(walker, target, read, ())
    walker.note("assign", node, read)
    if walker.scope == 0:
        _note_exports(walker, targets, value)
    return True


def _note_exports(walker: StatementWalker, targets: Sequence[ast.expr], value: ast.expr) -> None:
    match targets, value:
        case [ast.Name(id="__all__")], (ast.List(elts=items) | ast.Tuple(elts=items)):
            names = [i.value for i in items if isinstance(i, ast.Constant) and isinstance(i.value, str)]
            if len(names) == len(items):
                walker.tables.exports = tuple(names)


def walk_annotated(walker: StatementWalker, node: ast.AnnAssign) -> bool:
    """`a: T = b`, and `a: T`, which binds no value."""
    annotation = walker.read(node.annotation)
    value = walker.read_optional(node.value)
    if value == NONE and isinstance(node.target, ast.Name):
        target = walker.tables.place(node.target)
        binding = walker.tables.bind(ValueBinding(node.target.id, walker.scope, target, NONE, (), annotation))
        walker.rebind(node.target.id, binding)
    else:
        store(walker, node.target, value, (), annotation)
    walker.note("assign", node, value)
    return True


def walk_augmented(walker: StatementWalker, node: ast.AugAssign) -> bool:
    """`a += b`: what `a` was reaches on."""
    value = walker.read(node.value)
    before = walker.environment.get(node.target.id) if isinstance(node.target, ast.Name) else None
    store(walker, node.target, value, (("augment", 0),))
    if isinstance(node.target, ast.Name) and before:
        after = walker.environment.get(node.target.id, ())
        both = tuple(dict.fromkeys((*before, *after)))
        walker.environment[node.target.id] = walker.tables.gathered(node.target.id, walker.scope, both)
    walker.note("assign", node, value)
    return True


def walk_delete(walker: StatementWalker, node: ast.Delete) -> bool:
    """`del a, b.c`."""
    for target in node.targets:
        walker.note("delete", node, walker.read(target))
        if isinstance(target, ast.Name):
            walker.environment.pop(target.id, None)
    return True

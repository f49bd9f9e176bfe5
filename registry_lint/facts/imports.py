"""Imports: what each binds, and from where."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.records import ImportBinding, Position, StarImport

if TYPE_CHECKING:
    from registry_lint.facts.statements import StatementWalker


def walk_import(walker: StatementWalker, node: ast.Import | ast.ImportFrom) -> bool:
    """`import a.b as c`, `from a import b`, `from a import *`."""
    walker.note("import", node)
    for alias in node.names:
        place = walker.tables.place(alias)
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else name
            _bind_import(walker, name, place, module, "", alias.name)
        elif alias.name == "*":
            module = "." * node.level + (node.module or "")
            walker.tables.star_imports.append(StarImport(module, walker.scope, place))
        else:
            module = "." * node.level + (node.module or "")
            _bind_import(walker, alias.asname or alias.name, place, module, alias.name, "")
    return True


def _bind_import(walker: StatementWalker, name: str, place: Position, module: str, member: str, submodule: str) -> None:
    binding = walker.tables.bind(ImportBinding(name, walker.scope, place, module, member, submodule, walker.block))
    walker.rebind(name, binding)

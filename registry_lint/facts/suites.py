"""What stands in a suite and in the suites in it, without functions and classes: statements, the names they store."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What is tested for all the time: `A | B` makes a new object each time that it is met.
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_WITHS = (ast.With, ast.AsyncWith)
_TARGETED = (ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor)
_NESTS = frozenset({ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, *_WITHS, ast.Match})


def global_names(body: Sequence[ast.stmt]) -> tuple[str, ...]:
    """The names that a function's body declares `global`, sorted."""
    names: set[str] = set()
    for statement in within(body):
        if isinstance(statement, ast.Global):
            names.update(statement.names)
    return tuple(sorted(names))


def stored_names(body: Sequence[ast.stmt]) -> set[str]:
    """The names that the statements of a suite bind."""
    names: set[str] = set()
    for statement in within(body):
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, _TARGETED):
            targets = [statement.target]
        elif isinstance(statement, _WITHS):
            targets = [item.optional_vars for item in statement.items if item.optional_vars is not None]
        elif isinstance(statement, _DEFINITIONS):
            names.add(statement.name)
            continue
        elif isinstance(statement, _IMPORTS):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in statement.names)
            continue
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                names.add(target.id)
            else:
                names.update(_target_names(target))
    return names


def _target_names(target: ast.expr) -> Iterable[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=items) | ast.List(elts=items):
            for item in items:
                yield from _target_names(item)
        case ast.Starred(value=inner):
            yield from _target_names(inner)


def within(body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """The statements of a suite and of all suites in it, without those of functions and classes."""
    pending = list(body)
    while pending:
        statement = pending.pop()
        yield statement
        if type(statement) not in _NESTS:
            continue
        for field in ("body", "orelse", "finalbody"):
            pending.extend(getattr(statement, field, ()))
        for handler in getattr(statement, "handlers", ()):
            pending.extend(handler.body)
        for case in getattr(statement, "cases", ()):
            pending.extend(case.body)

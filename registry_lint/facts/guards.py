"""Tests that say something of a value: what holds for which path where a test holds, or does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.records import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.facts.expressions import ExpressionReader

_DOTTED = (ast.Name, ast.Attribute)
_SAME = (ast.Is, ast.Eq)
_DIFFERENT = (ast.IsNot, ast.NotEq)
_TESTS = ("isinstance", "issubclass", "hasattr", "isclass", "callable")


def path_of(node: ast.expr) -> str | None:
    """`tool`, `self.x`, `parts['tools']` as text; None for what has no stable path."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        below = path_of(node.value)
        return None if below is None else f"{below}.{node.attr}"
    if isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        below = path_of(node.value) if isinstance(key, str | int) else None
        return None if below is None else f"{below}[{key!r}]"
    return path_of(node.target) if isinstance(node, ast.NamedExpr) else None


def narrow(reader: ExpressionReader, test: ast.expr, *, holds: bool) -> None:
    """Let a test (or its contrary) hold from here on."""
    for path, guard in _narrowed(test, holds, reader):
        reader.guards[path] = reader.tables.with_guard(reader.guards.get(path, ()), guard)


def note_checked(reader: ExpressionReader, statement: ast.expr) -> None:
    """Behind `require_tool(x)`, `x` has passed whatever the function checks."""
    call = statement.value if isinstance(statement, ast.Await) else statement
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return
    path = path_of(call.args[0])
    if path is not None and isinstance(call.func, _DOTTED):
        guard = reader.tables.guard("checked", True, reader.read(call.func))
        reader.guards[path] = reader.tables.with_guard(reader.guards.get(path, ()), guard)


def _narrowed(test: ast.expr, holds: bool, reader: ExpressionReader) -> Iterator[tuple[str, int]]:
    """Yield (path, guard) for all that is known where `test` is true (`holds`) or false."""
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, holds = test.operand, not holds
    if isinstance(test, ast.Compare):
        compared = test.comparators[0]
        if len(test.ops) == 1 and isinstance(compared, ast.Constant) and compared.value is None:
            if isinstance(test.ops[0], _SAME):
                yield from _guarded(test.left, reader, "none", holds)
            elif isinstance(test.ops[0], _DIFFERENT):
                yield from _guarded(test.left, reader, "none", not holds)
    elif isinstance(test, ast.Call):
        if test.args and not test.keywords:
            yield from _from_call(test, test.args[0], test.args[1:], holds, reader)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) == holds:
            for value in test.values:
                yield from _narrowed(value, holds, reader)
        elif not holds:
            yield from _lacking_attribute(test.values, reader)
    else:
        yield from _guarded(test, reader, "truthy", holds)


def _lacking_attribute(values: list[ast.expr], reader: ExpressionReader) -> Iterator[tuple[str, int]]:
    """`not (hasattr(x, "name") and x.name)`: taken as "has no name", which is how it is always meant."""
    match values:
        case [ast.Call(func=ast.Name(id="hasattr"), args=[subject, ast.Constant(value=str() as name)]), second]:
            if path_of(second) == f"{path_of(subject)}.{name}":
                yield from _guarded(subject, reader, "hasattr", False, text=name)


def _from_call(
    test: ast.Call, subject: ast.expr, others: list[ast.expr], holds: bool, reader: ExpressionReader
) -> Iterator[tuple[str, int]]:
    name = test.func.id if isinstance(test.func, ast.Name) else getattr(test.func, "attr", "")
    if name not in _TESTS:
        if path_of(subject) is not None:
            yield from _guarded(subject, reader, "call", holds, argument=reader.read(test.func))
        return
    match name, others:
        case (("isinstance" | "issubclass"), [classes]):
            if path_of(subject) is not None:
                yield from _guarded(subject, reader, name, holds, argument=reader.read(classes))
        case "hasattr", [ast.Constant(value=str() as attribute)]:
            yield from _guarded(subject, reader, "hasattr", holds, text=attribute)
        case (("isclass" | "callable"), []):
            yield from _guarded(subject, reader, name, holds)
        case _, _:
            if path_of(subject) is not None:
                yield from _guarded(subject, reader, "call", holds, argument=reader.read(test.func))


def _guarded(
    subject: ast.expr, reader: ExpressionReader, kind: str, holds: bool, argument: int = NONE, text: str = ""
) -> Iterator[tuple[str, int]]:
    path = path_of(subject)
    if path is not None:
        yield path, reader.tables.guard(kind, holds, argument, text)

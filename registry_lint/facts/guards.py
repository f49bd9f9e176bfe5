"""Tests that say something of a value: what holds for which path where a test holds, or does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.records import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.facts.expressions import ExpressionReader


def path_of(node: ast.expr) -> str | None:
    """`tool`, `self.x`, `parts['tools']` as text; None for what has no stable path."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=base, attr=name):
            below = path_of(base)
            return None if below is None else f"{below}.{name}"
        case ast.Subscript(value=base, slice=ast.Constant(value=str() | int() as key)):
            below = path_of(base)
            return None if below is None else f"{below}[{key!r}]"
        case ast.NamedExpr(target=target):
            return path_of(target)
    return None


def narrowed(test: ast.expr, holds: bool, reader: ExpressionReader) -> Iterator[tuple[str, int]]:
    """Yield (path, guard) for all that is known where `test` is true (`holds`) or false."""
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, holds = test.operand, not holds
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            if holds:
                for value in values:
                    yield from narrowed(value, True, reader)
            else:
                yield from _lacking_attribute(values, reader)
        case ast.BoolOp(op=ast.Or(), values=values):
            if not holds:
                for value in values:
                    yield from narrowed(value, False, reader)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            yield from _guarded(left, reader, "none", holds)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            yield from _guarded(left, reader, "none", not holds)
        case ast.Call(args=[subject, *others]) if not test.keywords:
            yield from _from_call(test, subject, others, holds, reader)
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.NamedExpr():
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

"""Literals: constants, and texts with expressions in them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.records import ExprId, Joined, Literal

if TYPE_CHECKING:
    from registry_lint.facts.expressions import ExpressionReader

_NO_VALUE = Literal("none", None)
_TRUE, _FALSE = Literal("bool", True), Literal("bool", False)
_OTHER = Literal("other", None)


def read_constant(reader: ExpressionReader, node: ast.Constant) -> ExprId:
    """Read a text, a number, None, …"""
    place, expressions = node.__dict__, reader.expressions
    value = place["value"]
    if isinstance(value, str):
        # a lone surrogate cannot be encoded; what is written as one is not a name or a key
        literal = Literal("str", value if value.isascii() else value.encode("utf-8", "replace").decode())
    elif value is None:
        literal = _NO_VALUE
    elif isinstance(value, bool):
        literal = _TRUE if value else _FALSE
    elif isinstance(value, int) and -(2**63) <= value < 2**63:
        literal = Literal("int", value)
    else:
        literal = _OTHER
    expressions.append(literal)
    reader.places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
    return len(expressions) - 1


def read_joined(reader: ExpressionReader, node: ast.JoinedStr) -> ExprId:
    """Read an f-string."""
    return reader.enter(Joined(reader.read_all(node.values)), node)


def read_formatted(reader: ExpressionReader, node: ast.FormattedValue) -> ExprId:
    """Read an expression in braces; it stands for itself."""
    value = reader.read(node.value)
    if node.format_spec is not None:
        reader.read(node.format_spec)
    return value


def literal_key(node: ast.expr) -> str | int | None:
    """The value of a key that is written as a text or a whole number."""
    if not isinstance(node, ast.Constant):
        return None
    value = node.value
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    return None

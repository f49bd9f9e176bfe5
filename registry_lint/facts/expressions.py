"""Expressions, read in the order of evaluation, with the bindings and guards in force.

What a kind of expression is read into is said here, or in the module that the table at the end names.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from registry_lint.facts import definitions, displays, literals
from registry_lint.facts.guards import narrow, path_of
from registry_lint.facts.literals import literal_key
from registry_lint.facts.reaching import Reaching
from registry_lint.facts.records import (
    NONE,
    Argument,
    Attribute,
    AttributeStore,
    Binary,
    BlockId,
    Call,
    Choice,
    Expr,
    ExprId,
    Joined,
    Name,
    Opaque,
    Subscript,
)
from registry_lint.facts.stores import store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from registry_lint.facts.tables import Tables

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.FloorDiv: "//",
}

# What is tested for in every file ten thousand times; `A | B` makes a new object each time that it is met.
_TEXTS = (ast.Constant, ast.JoinedStr)


class ExpressionReader(Reaching):
    """Reads expressions into the tables. The walker, which derives from it, sets what is in force."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self.block: BlockId = 0
        self.yields: list[ExprId] = []
        self.delegates: list[ExprId] = []
        self.expressions = tables.expressions
        self.places = tables.places

    def read(self, node: ast.expr) -> ExprId:
        """Read an expression and all in it; its index."""
        return _READERS[type(node)](self, node)

    def read_optional(self, node: ast.expr | None) -> ExprId:
        """Like `read`; NONE for None."""
        return NONE if node is None else _READERS[type(node)](self, node)

    def read_all(self, nodes: Iterable[ast.expr]) -> tuple[ExprId, ...]:
        """Read some expressions in their order."""
        readers = _READERS
        return tuple([readers[type(node)](self, node) for node in nodes])

    def enter(self, expr: Expr, node: ast.expr) -> ExprId:
        """Enter an expression at a node's place."""
        expressions, place = self.expressions, node.__dict__
        expressions.append(expr)
        self.places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        return len(expressions) - 1

    def continue_in(self, block: BlockId) -> None:
        """From here on, what is read stands in this block."""
        self.block = block
        self.tables.continue_in(block)

    def _guards_of(self, node: ast.expr) -> tuple[int, ...]:
        path = path_of(node)
        return self.guards.get(path, ()) if path else ()

    def _name(self, node: ast.Name) -> ExprId:
        place, guards, expressions = node.__dict__, self.guards, self.expressions
        name = place["id"]
        expressions.append(Name(name, self.environment.get(name), guards.get(name, ()) if guards else ()))
        self.places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        return len(expressions) - 1

    def _attribute(self, node: ast.Attribute) -> ExprId:
        place, expressions = node.__dict__, self.expressions
        value = place["value"]
        base = _READERS[type(value)](self, value)
        expressions.append(Attribute(base, place["attr"], self._guards_of(node) if self.guards else ()))
        self.places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        return len(expressions) - 1

    def _subscript(self, node: ast.Subscript) -> ExprId:
        base = self.read(node.value)
        if isinstance(node.slice, ast.Slice):
            for part in (node.slice.lower, node.slice.upper, node.slice.step):
                if part is not None:
                    self.read(part)
            return self.enter(Subscript(base, NONE, None, True, ()), node)
        key = self.read(node.slice)
        guards = self._guards_of(node) if self.guards else ()
        return self.enter(Subscript(base, key, literal_key(node.slice), False, guards), node)

    def _call(self, node: ast.Call) -> ExprId:
        place, readers, expressions = node.__dict__, _READERS, self.expressions
        called = place["func"]
        func = readers[type(called)](self, called)
        arguments: list[Argument] = []
        for value in place["args"]:
            if isinstance(value, ast.Starred):
                arguments.append(Argument("*", self.read(value.value)))
            else:
                arguments.append(Argument("", readers[type(value)](self, value)))
        for keyword in place["keywords"]:
            value = keyword.value
            arguments.append(Argument(keyword.arg or "**", readers[type(value)](self, value)))
        call = len(expressions)
        expressions.append(Call(func, tuple(arguments)))
        self.places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        name = last_name(called)
        self.tables.calls[name].append(call)
        if name == "setattr" and len(arguments) == 3 and isinstance(node.args[1], ast.Constant):
            self._setattr(node, arguments)
        return call

    def _setattr(self, node: ast.Call, arguments: list[Argument]) -> None:
        name = node.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            base, _, value = (argument.value for argument in arguments)
            self.tables.attribute_stores.append(
                AttributeStore(base, name.value, value, (), NONE, self.block, self.tables.place(node))
            )

    def _bool_op(self, node: ast.BoolOp) -> ExprId:
        kept = dict(self.guards)
        self.tables.copied(len(kept))
        options = []
        for value in node.values:
            options.append(self.read(value))
            narrow(self, value, holds=isinstance(node.op, ast.And))
        self.guards = kept
        return self.enter(Choice("and" if isinstance(node.op, ast.And) else "or", tuple(options)), node)

    def _if_expression(self, node: ast.IfExp) -> ExprId:
        self.read(node.test)
        kept = self.guards
        self.tables.copied(2 * len(kept))
        self.guards = dict(kept)
        narrow(self, node.test, holds=True)
        body = self.read(node.body)
        self.guards = dict(kept)
        narrow(self, node.test, holds=False)
        orelse = self.read(node.orelse)
        self.guards = kept
        return self.enter(Choice("if", (body, orelse)), node)

    def _binary(self, node: ast.BinOp) -> ExprId:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Mod) and isinstance(node.left, _TEXTS):
            return self.enter(Joined((left, right)), node)
        return self.enter(Binary(_OPERATORS[type(node.op)], left, right), node)

    def _await(self, node: ast.Await) -> ExprId:
        return self.read(node.value)

    def _named(self, node: ast.NamedExpr) -> ExprId:
        value = self.read(node.value)
        store(self, node.target, value, ())
        return value

    def _yield(self, node: ast.Yield) -> ExprId:
        value = self.read_optional(node.value)
        if value != NONE:
            self.yields.append(value)
        return self.enter(Opaque("yield", () if value == NONE else (value,)), node)

    def _yield_from(self, node: ast.YieldFrom) -> ExprId:
        value = self.read(node.value)
        self.delegates.append(value)
        return self.enter(Opaque("yield from", (value,)), node)

    def _opaque(self, node: ast.expr) -> ExprId:
        if isinstance(node, ast.Compare):
            parts = (self.read(node.left), *self.read_all(node.comparators))
            return self.enter(Opaque(" ".join(("compare", *[type(op).__name__ for op in node.ops])), parts), node)
        if isinstance(node, ast.UnaryOp):
            return self.enter(
                Opaque("not" if isinstance(node.op, ast.Not) else "other", (self.read(node.operand),)), node
            )
        parts = self.read_all([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)])
        return self.enter(Opaque("other", parts), node)


# By the exact type of an expression. Looked up where an expression is read, since a call of `read` in between would
# cost as much as most expressions do.
_READERS: dict[type, Callable[[Any, Any], ExprId]] = {
    **dict.fromkeys(ast.expr.__subclasses__(), ExpressionReader._opaque),
    ast.Name: ExpressionReader._name,
    ast.Attribute: ExpressionReader._attribute,
    ast.Subscript: ExpressionReader._subscript,
    ast.Call: ExpressionReader._call,
    ast.List: displays.read_sequence,
    ast.Tuple: displays.read_sequence,
    ast.Set: displays.read_sequence,
    ast.Dict: displays.read_dict,
    ast.ListComp: displays.read_comprehension,
    ast.SetComp: displays.read_comprehension,
    ast.GeneratorExp: displays.read_comprehension,
    ast.DictComp: displays.read_comprehension,
    ast.BoolOp: ExpressionReader._bool_op,
    ast.IfExp: ExpressionReader._if_expression,
    ast.JoinedStr: literals.read_joined,
    ast.FormattedValue: literals.read_formatted,
    ast.BinOp: ExpressionReader._binary,
    ast.Constant: literals.read_constant,
    ast.Lambda: definitions.read_lambda,
    ast.Starred: displays.read_starred,
    ast.Await: ExpressionReader._await,
    ast.NamedExpr: ExpressionReader._named,
    ast.Yield: ExpressionReader._yield,
    ast.YieldFrom: ExpressionReader._yield_from,
}
if sys.version_info >= (3, 14):  # before, facts.newer writes an f-string
    _READERS[ast.TemplateStr] = literals.read_joined
    _READERS[ast.Interpolation] = literals.read_formatted


def last_name(node: ast.expr) -> str:
    """The last name of what is called: `b` of `a.b()`, `a.b[T]()` and `b()`; "" where there is none."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""

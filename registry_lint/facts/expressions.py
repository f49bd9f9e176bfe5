"""Expressions, read in the order of evaluation, with the bindings and guards in force.

The environment maps a name to the bindings that reach this point, the guards map a path (`tool`, `self.x`,
`parts['tools']`) to the tests that hold for it.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from registry_lint.facts.guards import narrowed, path_of
from registry_lint.facts.records import (
    NONE,
    Argument,
    Attribute,
    AttributeStore,
    Binary,
    BindingId,
    BlockId,
    Call,
    Choice,
    Comprehension,
    Expr,
    ExprId,
    FunctionId,
    Joined,
    Lambda,
    Literal,
    Mapping,
    Name,
    Opaque,
    Path,
    Scope,
    ScopeId,
    Sequence,
    Starred,
    Subscript,
    SubscriptStore,
    ValueBinding,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from registry_lint.facts.tables import Tables

Environment = dict[str, tuple[BindingId, ...]]
Guards = dict[str, tuple[int, ...]]

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


# Items of one display that are read one by one: a table of a million numbers holds nothing that a rule asks for.
_MOST_LITERALS = 1_000


# What is tested for in every file ten thousand times; `A | B` makes a new object each time that it is met.
DISPLAYS = (ast.Tuple, ast.List)
_DOTTED = (ast.Name, ast.Attribute)
_TEXTS = (ast.Constant, ast.JoinedStr)

_NO_VALUE = Literal("none", None)
_TRUE, _FALSE = Literal("bool", True), Literal("bool", False)
_OTHER = Literal("other", None)


class ExpressionReader:
    """Reads expressions into the tables. The walker, which derives from it, sets what is in force."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.environment: Environment = {}
        self.guards: Guards = {}
        self.scope: ScopeId = 0
        self.block: BlockId = 0
        self.yields: list[ExprId] = []
        self.delegates: list[ExprId] = []
        self._expressions = tables.expressions
        self._places = tables.places

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
        expressions, place = self._expressions, node.__dict__
        expressions.append(expr)
        self._places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        return len(expressions) - 1

    def continue_in(self, block: BlockId) -> None:
        """From here on, what is read stands in this block."""
        self.block = block
        self.tables.continue_in(block)

    # --- stores ---

    def store(self, target: ast.expr, value: ExprId, path: Path, annotation: ExprId = NONE) -> None:
        """Bind a target to (a part of) an expression."""
        tables = self.tables
        if isinstance(target, ast.Name):
            name = target.id
            binding = tables.bind(ValueBinding(name, self.scope, tables.place(target), value, path, annotation))
            self.rebind(name, binding)
        elif isinstance(target, ast.Attribute):
            base, place = self.read(target.value), tables.place(target)
            store = AttributeStore(base, target.attr, value, path, annotation, self.block, place)
            tables.attribute_stores.append(store)
            self.forget(target)
        elif isinstance(target, ast.Subscript):
            base, key, place = self.read(target.value), self.read(target.slice), tables.place(target)
            subscript = SubscriptStore(base, key, literal_key(target.slice), value, path, self.block, place)
            tables.subscript_stores.append(subscript)
            self.forget(target)
        elif isinstance(target, ast.Starred):
            self.store(target.value, value, path)
        elif isinstance(target, DISPLAYS):
            for index, item in enumerate(target.elts):
                if isinstance(item, ast.Starred):
                    self.store(item.value, value, (*path, ("rest", index)))
                else:
                    self.store(item, value, (*path, ("item", index)))

    def rebind(self, name: str, *bindings: BindingId) -> None:
        """From here on, the name has these bindings; what was known of it is forgotten."""
        if name in self.tables.scopes[self.scope].global_names:
            self.environment.pop(name, None)  # read through the module, where every store counts
        else:
            self.environment[name] = bindings
        if self.guards:
            self.forget_path(name)

    def forget(self, target: ast.expr) -> None:
        """Drop the guards on what a target names, and on all below it."""
        path = path_of(target) if self.guards else None
        if path is not None:
            self.forget_path(path)

    def forget_path(self, path: str) -> None:
        """Drop the guards on a path and all below it."""
        self.tables.copied(len(self.guards))
        below = (path + ".", path + "[")
        stale = [known for known in self.guards if known == path or known.startswith(below)]
        for known in stale:
            del self.guards[known]

    # --- loads ---

    def _guards_of(self, node: ast.expr) -> tuple[int, ...]:
        path = path_of(node)
        return self.guards.get(path, ()) if path else ()

    def _name(self, node: ast.Name) -> ExprId:
        place, guards, expressions = node.__dict__, self.guards, self._expressions
        name = place["id"]
        expressions.append(Name(name, self.environment.get(name), guards.get(name, ()) if guards else ()))
        self._places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        return len(expressions) - 1

    def _attribute(self, node: ast.Attribute) -> ExprId:
        place, expressions = node.__dict__, self._expressions
        value = place["value"]
        base = _READERS[type(value)](self, value)
        expressions.append(Attribute(base, place["attr"], self._guards_of(node) if self.guards else ()))
        self._places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
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
        place, readers, expressions = node.__dict__, _READERS, self._expressions
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
        self._places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
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

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> ExprId:
        kind = "list" if isinstance(node, ast.List) else "tuple" if isinstance(node, ast.Tuple) else "set"
        few = len(node.elts) <= _MOST_LITERALS
        items = self.read_all(node.elts) if few else tuple(self._items(node.elts))
        return self.enter(Sequence(kind, items), node)  # type: ignore[arg-type]  # one of the three kinds

    def _items(self, nodes: list[ast.expr]) -> list[ExprId]:
        """Read the items of a long display: behind the first thousand, one literal of a kind stands for the rest."""
        items = [self.read(item) for item in nodes[:_MOST_LITERALS]]
        shared: dict[type, ExprId] = {}
        for item in nodes[_MOST_LITERALS:]:
            if not isinstance(item, ast.Constant):
                items.append(self.read(item))
                continue
            kind = type(item.value)
            if kind not in shared:
                shared[kind] = self.read(item)
            items.append(shared[kind])
        return items

    def _starred(self, node: ast.Starred) -> ExprId:
        return self.enter(Starred(self.read(node.value)), node)

    def _dict(self, node: ast.Dict) -> ExprId:
        items = [
            (self.read_optional(key), self.read(value))
            for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True))
            if index < _MOST_LITERALS or not (isinstance(key, ast.Constant) and isinstance(value, ast.Constant))
        ]
        return self.enter(Mapping(tuple(items)), node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ExprId:
        outer = (self.environment, self.guards, self.scope)
        first = self.read(node.generators[0].iter)
        self.tables.copied(len(self.environment) + len(self.guards))
        self.environment, self.guards = dict(self.environment), dict(self.guards)
        self.scope = self.tables.new_scope(Scope("comprehension", self.scope, NONE, {}, ()))
        for index, generator in enumerate(node.generators):
            iterable = self.read(generator.iter) if index else first
            self.store(generator.target, iterable, (("element", 0),))
            for test in generator.ifs:
                self.read(test)
                self.narrow(test, holds=True)
        if isinstance(node, ast.DictComp):
            key, value, kind = self.read(node.key), self.read(node.value), "dict"
        else:
            key, value = NONE, self.read(node.elt)
            kind = {ast.ListComp: "list", ast.SetComp: "set"}.get(type(node), "generator")
        self.environment, self.guards, self.scope = outer
        return self.enter(Comprehension(kind, key, value), node)  # type: ignore[arg-type]  # one of the four

    def narrow(self, test: ast.expr, *, holds: bool) -> None:
        """Let a test (or its contrary) hold from here on."""
        for path, guard in narrowed(test, holds, self):
            self.guards[path] = self.tables.with_guard(self.guards.get(path, ()), guard)

    def checked(self, statement: ast.expr) -> None:
        """Behind `require_tool(x)`, `x` has passed whatever the function checks."""
        call = statement.value if isinstance(statement, ast.Await) else statement
        if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
            return
        path = path_of(call.args[0])
        if path is not None and isinstance(call.func, _DOTTED):
            guard = self.tables.guard("checked", True, self.read(call.func))
            self.guards[path] = self.tables.with_guard(self.guards.get(path, ()), guard)

    def _bool_op(self, node: ast.BoolOp) -> ExprId:
        kept = dict(self.guards)
        self.tables.copied(len(kept))
        options = []
        for value in node.values:
            options.append(self.read(value))
            self.narrow(value, holds=isinstance(node.op, ast.And))
        self.guards = kept
        return self.enter(Choice("and" if isinstance(node.op, ast.And) else "or", tuple(options)), node)

    def _if_expression(self, node: ast.IfExp) -> ExprId:
        self.read(node.test)
        kept = self.guards
        self.tables.copied(2 * len(kept))
        self.guards = dict(kept)
        self.narrow(node.test, holds=True)
        body = self.read(node.body)
        self.guards = dict(kept)
        self.narrow(node.test, holds=False)
        orelse = self.read(node.orelse)
        self.guards = kept
        return self.enter(Choice("if", (body, orelse)), node)

    def _joined(self, node: ast.JoinedStr) -> ExprId:
        return self.enter(Joined(self.read_all(node.values)), node)

    def _formatted(self, node: ast.FormattedValue) -> ExprId:
        value = self.read(node.value)
        if node.format_spec is not None:
            self.read(node.format_spec)
        return value

    def _binary(self, node: ast.BinOp) -> ExprId:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Mod) and isinstance(node.left, _TEXTS):
            return self.enter(Joined((left, right)), node)
        return self.enter(Binary(_OPERATORS[type(node.op)], left, right), node)

    def _constant(self, node: ast.Constant) -> ExprId:
        place, expressions = node.__dict__, self._expressions
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
        self._places += (place["lineno"], place["col_offset"], place["end_lineno"], place["end_col_offset"])
        return len(expressions) - 1

    def _lambda(self, node: ast.Lambda) -> ExprId:
        return self.enter(Lambda(self.read_lambda(node)), node)

    def read_lambda(self, node: ast.Lambda) -> FunctionId:
        """Read the body of a lambda, which takes a walk through a statement."""
        raise NotImplementedError

    def _await(self, node: ast.Await) -> ExprId:
        return self.read(node.value)

    def _named(self, node: ast.NamedExpr) -> ExprId:
        value = self.read(node.value)
        self.store(node.target, value, ())
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
    ast.List: ExpressionReader._sequence,
    ast.Tuple: ExpressionReader._sequence,
    ast.Set: ExpressionReader._sequence,
    ast.Dict: ExpressionReader._dict,
    ast.ListComp: ExpressionReader._comprehension,
    ast.SetComp: ExpressionReader._comprehension,
    ast.GeneratorExp: ExpressionReader._comprehension,
    ast.DictComp: ExpressionReader._comprehension,
    ast.BoolOp: ExpressionReader._bool_op,
    ast.IfExp: ExpressionReader._if_expression,
    ast.JoinedStr: ExpressionReader._joined,
    ast.FormattedValue: ExpressionReader._formatted,
    ast.BinOp: ExpressionReader._binary,
    ast.Constant: ExpressionReader._constant,
    ast.Lambda: ExpressionReader._lambda,
    ast.Starred: ExpressionReader._starred,
    ast.Await: ExpressionReader._await,
    ast.NamedExpr: ExpressionReader._named,
    ast.Yield: ExpressionReader._yield,
    ast.YieldFrom: ExpressionReader._yield_from,
}
if sys.version_info >= (3, 14):  # before, facts.newer writes an f-string
    _READERS[ast.TemplateStr] = ExpressionReader._joined
    _READERS[ast.Interpolation] = ExpressionReader._formatted


def last_name(node: ast.expr) -> str:
    """The last name of what is called: `b` of `a.b()`, `a.b[T]()` and `b()`; "" where there is none."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


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

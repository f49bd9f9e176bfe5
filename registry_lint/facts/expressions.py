"""Expressions, read in the order of evaluation, with the bindings and guards in force.

The environment maps a name to the bindings that reach this point, the guards map a path (`tool`, `self.x`,
`parts['tools']`) to the tests that hold for it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Protocol

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


class LambdaReader(Protocol):
    """What reads the body of a lambda (the statement walker does)."""

    def read_lambda(self, node: ast.Lambda) -> FunctionId: ...


class ExpressionReader:
    """Reads expressions into the tables. One for a file; the walker sets what is in force."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.environment: Environment = {}
        self.guards: Guards = {}
        self.scope: ScopeId = 0
        self.block: BlockId = 0
        self.lambdas: LambdaReader | None = None
        self.yields: list[ExprId] = []
        self.delegates: list[ExprId] = []
        self._readers = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.List: self._sequence,
            ast.Tuple: self._sequence,
            ast.Set: self._sequence,
            ast.Dict: self._dict,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.BoolOp: self._bool_op,
            ast.IfExp: self._if_expression,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted,
            ast.BinOp: self._binary,
            ast.Constant: self._constant,
            ast.Lambda: self._lambda,
            ast.Starred: self._starred,
            ast.Await: self._await,
            ast.NamedExpr: self._named,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
        }

    def read(self, node: ast.expr) -> ExprId:
        """Read an expression and all in it; its index."""
        reader = self._readers.get(type(node))
        if reader is None:
            return self._opaque(node)
        return reader(node)  # type: ignore[operator, no-any-return]  # each node type has its own reader

    def read_optional(self, node: ast.expr | None) -> ExprId:
        """Like `read`; NONE for None."""
        return NONE if node is None else self.read(node)

    def enter(self, expr: Expr, node: ast.expr) -> ExprId:
        """Enter an expression at a node's place."""
        tables = self.tables
        tables.expressions.append(expr)
        tables.positions.extend(tables.place(node))
        tables.expression_blocks.append(self.block)
        return len(tables.expressions) - 1

    # --- stores ---

    def store(self, target: ast.expr, value: ExprId, path: Path, annotation: ExprId = NONE) -> None:
        """Bind a target to (a part of) an expression."""
        tables = self.tables
        match target:
            case ast.Name(id=name):
                binding = tables.bind(ValueBinding(name, self.scope, tables.place(target), value, path, annotation))
                self.rebind(name, binding)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for index, item in enumerate(targets):
                    if isinstance(item, ast.Starred):
                        self.store(item.value, value, (*path, ("rest", index)))
                    else:
                        self.store(item, value, (*path, ("item", index)))
            case ast.Starred(value=inner):
                self.store(inner, value, path)
            case ast.Attribute(value=base, attr=name):
                store = AttributeStore(self.read(base), name, value, path, annotation, self.block, tables.place(target))
                tables.attribute_stores.append(store)
                self.forget(path_of(target))
            case ast.Subscript(value=base, slice=key):
                subscript = SubscriptStore(
                    self.read(base), self.read(key), literal_key(key), value, path, self.block, tables.place(target)
                )
                tables.subscript_stores.append(subscript)
                self.forget(path_of(target))

    def rebind(self, name: str, *bindings: BindingId) -> None:
        """From here on, the name has these bindings; what was known of it is forgotten."""
        if name in self.tables.scopes[self.scope].global_names:
            self.environment.pop(name, None)  # read through the module, where every store counts
        else:
            self.environment[name] = bindings
        self.forget(name)

    def forget(self, path: str | None) -> None:
        """Drop the guards on a path and all below it."""
        if path is None or not self.guards:
            return
        self.tables.copied(len(self.guards))
        below = (path + ".", path + "[")
        stale = [known for known in self.guards if known == path or known.startswith(below)]
        for known in stale:
            del self.guards[known]

    # --- loads ---

    def _guards_of(self, node: ast.expr) -> tuple[int, ...]:
        if not self.guards:
            return ()
        path = path_of(node)
        return self.guards.get(path, ()) if path else ()

    def _name(self, node: ast.Name) -> ExprId:
        return self.enter(Name(node.id, self.environment.get(node.id), self._guards_of(node)), node)

    def _attribute(self, node: ast.Attribute) -> ExprId:
        return self.enter(Attribute(self.read(node.value), node.attr, self._guards_of(node)), node)

    def _subscript(self, node: ast.Subscript) -> ExprId:
        base = self.read(node.value)
        if isinstance(node.slice, ast.Slice):
            for part in (node.slice.lower, node.slice.upper, node.slice.step):
                if part is not None:
                    self.read(part)
            return self.enter(Subscript(base, NONE, None, True, ()), node)
        key = self.read(node.slice)
        return self.enter(Subscript(base, key, literal_key(node.slice), False, self._guards_of(node)), node)

    def _call(self, node: ast.Call) -> ExprId:
        func = self.read(node.func)
        arguments: list[Argument] = []
        for value in node.args:
            if isinstance(value, ast.Starred):
                arguments.append(Argument("*", self.read(value.value)))
            else:
                arguments.append(Argument("", self.read(value)))
        arguments.extend([Argument(keyword.arg or "**", self.read(keyword.value)) for keyword in node.keywords])
        call = self.enter(Call(func, tuple(arguments)), node)
        name = last_name(node.func)
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
        items = tuple(self._items(node.elts))
        return self.enter(Sequence(kind, items), node)  # type: ignore[arg-type]  # one of the three kinds

    def _items(self, nodes: list[ast.expr]) -> list[ExprId]:
        """Read the items of a display. Behind the first thousand, one literal of a kind stands for all that follow."""
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
        if path is not None and isinstance(call.func, ast.Name | ast.Attribute):
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
        return self.enter(Joined(tuple([self.read(part) for part in node.values])), node)

    def _formatted(self, node: ast.FormattedValue) -> ExprId:
        value = self.read(node.value)
        if node.format_spec is not None:
            self.read(node.format_spec)
        return value

    def _binary(self, node: ast.BinOp) -> ExprId:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.JoinedStr):
            return self.enter(Joined((left, right)), node)
        return self.enter(Binary(_OPERATORS[type(node.op)], left, right), node)

    def _constant(self, node: ast.Constant) -> ExprId:
        match node.value:
            case bool():
                literal = Literal("bool", node.value)
            case str():
                # a lone surrogate cannot be encoded; what is written as one is not a name or a key
                literal = Literal("str", node.value.encode("utf-8", "replace").decode())
            case int() if -(2**63) <= node.value < 2**63:
                literal = Literal("int", node.value)
            case None:
                literal = Literal("none", None)
            case _:
                literal = Literal("other", None)
        return self.enter(literal, node)

    def _lambda(self, node: ast.Lambda) -> ExprId:
        assert self.lambdas is not None
        return self.enter(Lambda(self.lambdas.read_lambda(node)), node)

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
        parts = [self.read(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        kind = "compare" if isinstance(node, ast.Compare) else "not" if isinstance(node, ast.UnaryOp) else "other"
        if kind == "compare":
            kind += "".join(f" {type(op).__name__}" for op in node.ops)  # type: ignore[attr-defined]  # a Compare
        elif kind == "not" and not isinstance(node.op, ast.Not):  # type: ignore[attr-defined]  # a UnaryOp
            kind = "other"
        return self.enter(Opaque(kind, tuple(parts)), node)


def last_name(node: ast.expr) -> str:
    """The last name of what is called: `b` of `a.b()`, `a.b[T]()` and `b()`; "" where there is none."""
    while isinstance(node, ast.Subscript):
        node = node.value
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def literal_key(node: ast.expr) -> str | int | None:
    """The value of a key that is written as a text or a whole number."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int) and not isinstance(node.value, bool):
        if isinstance(node.value, int) and not -(2**63) <= node.value < 2**63:
            return None
        return node.value if isinstance(node.value, int) else node.value.encode("utf-8", "replace").decode()
    return None

"""Functions, lambdas and classes: their parameters, their scopes, and what is kept of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.records import (
    NONE,
    Argument,
    Class,
    ClassBinding,
    ExprId,
    Function,
    FunctionBinding,
    FunctionId,
    Lambda,
    Parameter,
    ParameterBinding,
    Position,
    Scope,
)
from registry_lint.facts.suites import global_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from registry_lint.facts.statements import StatementWalker

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def walk_function(walker: StatementWalker, node: FunctionNode) -> bool:
    """Read a function, and its body, which runs when it is called."""
    decorators = walker.read_all(node.decorator_list)
    parameters = _parameters(walker, node.args)
    annotation = walker.read_optional(node.returns)
    place = _name_place(walker, node, node.name, is_async=isinstance(node, ast.AsyncFunctionDef))
    index = len(walker.tables.functions)
    binding = walker.tables.bind(FunctionBinding(node.name, walker.scope, place, index))
    walker.tables.functions.append(
        Function(
            node.name,
            ".".join((*walker.qualname, node.name)),
            NONE,
            NONE,
            walker.class_,
            parameters,
            (),
            (),
            (),
            annotation,
            decorators,
            isinstance(node, ast.AsyncFunctionDef),
            place,
            _whole(walker, node),
            binding,
        )
    )
    walker.note("def", node)
    walker.rebind(node.name, binding)
    _walk_body(walker, index, node.args, node.body, global_names(node.body) if walker.tables.may_have_globals else ())
    return True


def read_lambda(walker: StatementWalker, node: ast.Lambda) -> ExprId:
    """Read a lambda as a function whose body returns its expression."""
    parameters = _parameters(walker, node.args)
    place = walker.tables.place(node)
    index = len(walker.tables.functions)
    qualname = ".".join((*walker.qualname, "<lambda>"))
    walker.tables.functions.append(
        Function("<lambda>", qualname, NONE, NONE, NONE, parameters, (), (), (), NONE, (), False, place, place, NONE)
    )
    _walk_body(walker, index, node.args, [ast.copy_location(ast.Return(node.body), node.body)], (), is_lambda=True)
    return walker.enter(Lambda(index), node)


def _parameters(walker: StatementWalker, arguments: ast.arguments) -> tuple[Parameter, ...]:
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    defaults.extend(arguments.defaults)
    parameters = []
    for position, (argument, default) in enumerate(zip(plain, defaults, strict=True)):
        kind = "positional" if position < len(arguments.posonlyargs) else "plain"
        parameters.append(_parameter(walker, argument, kind, default))
    if arguments.vararg:
        parameters.append(_parameter(walker, arguments.vararg, "args", None))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append(_parameter(walker, argument, "keyword", default))
    if arguments.kwarg:
        parameters.append(_parameter(walker, arguments.kwarg, "kwargs", None))
    return tuple(parameters)


def _parameter(walker: StatementWalker, argument: ast.arg, kind: str, default: ast.expr | None) -> Parameter:
    annotation = walker.read_optional(argument.annotation)
    return Parameter(argument.arg, kind, annotation, walker.read_optional(default))  # type: ignore[arg-type]


def _walk_body(
    walker: StatementWalker,
    index: FunctionId,
    arguments: ast.arguments,
    body: Sequence[ast.stmt],
    declared: tuple[str, ...],
    is_lambda: bool = False,
) -> None:
    tables = walker.tables
    kept = (walker.environment, walker.guards, walker.scope, walker.block, walker.class_, walker.qualname)
    kept_values = (walker.yields, walker.delegates, walker.returns)
    function = tables.functions[index]
    walker.scope = tables.new_scope(Scope("function", walker.scope, index, {}, declared))
    extent, compound = walker.extent(body), tables.new_compound()
    block = tables.new_block("function", walker.block, walker.scope, compound, (), extent, function.is_async)
    walker.continue_in(block)
    # A lambda runs where it stands as often as not: it sees what is known there. A function may run
    # at any time: names of outer scopes are resolved over all of their bindings.
    walker.environment, walker.guards = walker.copied(kept[0], kept[1]) if is_lambda else ({}, {})
    walker.yields, walker.delegates, walker.returns = [], [], []
    walker.class_ = NONE
    walker.qualname = (*walker.qualname, function.name, "<locals>")
    for position, (parameter, node) in enumerate(zip(function.parameters, _nodes(arguments), strict=True)):
        place = tables.place(node)
        binding = tables.bind(ParameterBinding(parameter.name, walker.scope, place, index, position))
        walker.rebind(parameter.name, binding)
    scope = walker.scope
    walker.walk(body)
    tables.functions[index] = Function(
        function.name,
        function.qualname,
        scope,
        block,
        function.class_,
        function.parameters,
        tuple(walker.returns),
        tuple(walker.yields),
        tuple(walker.delegates),
        function.return_annotation,
        function.decorators,
        function.is_async,
        function.position,
        function.extent,
        function.binding,
    )
    walker.environment, walker.guards, walker.scope, outer, walker.class_, walker.qualname = kept
    walker.continue_in(outer)
    walker.yields, walker.delegates, walker.returns = kept_values


def _nodes(arguments: ast.arguments) -> Iterable[ast.arg]:
    """The parameters in the order in which they are written."""
    nodes = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        nodes.append(arguments.vararg)
    nodes += arguments.kwonlyargs
    if arguments.kwarg:
        nodes.append(arguments.kwarg)
    return nodes


def walk_class(walker: StatementWalker, node: ast.ClassDef) -> bool:
    """Read a class and its body, which runs here."""
    tables = walker.tables
    decorators = walker.read_all(node.decorator_list)
    bases = walker.read_all(node.bases)
    keywords = tuple([Argument(k.arg or "**", walker.read(k.value)) for k in node.keywords])
    place = _name_place(walker, node, node.name)
    index = len(tables.classes)
    qualname = ".".join((*walker.qualname, node.name))
    binding = tables.bind(ClassBinding(node.name, walker.scope, place, index))
    extent = _whole(walker, node)
    tables.classes.append(
        Class(node.name, qualname, NONE, NONE, bases, keywords, decorators, {}, place, extent, binding)
    )
    walker.note("class", node)
    inner, _ = walker.copied(walker.environment, {})
    kept = (walker.environment, walker.guards, walker.scope, walker.block, walker.class_, walker.qualname)
    first_function = len(tables.functions)
    walker.scope = tables.new_scope(Scope("class", walker.scope, index, {}, ()))
    inside, compound = walker.extent(node.body), tables.new_compound()
    block = tables.new_block("class", walker.block, walker.scope, compound, (), inside)
    walker.continue_in(block)
    walker.environment = inner
    walker.class_, walker.qualname = index, (*walker.qualname, node.name)
    scope = walker.scope
    walker.walk(node.body)
    walker.environment, walker.guards, walker.scope, outer, walker.class_, walker.qualname = kept
    walker.continue_in(outer)
    methods: dict[str, list[FunctionId]] = {}
    for position in range(first_function, len(tables.functions)):
        method = tables.functions[position]
        if method.class_ == index:
            methods.setdefault(method.name, []).append(position)
    by_name = {name: tuple(positions) for name, positions in methods.items()}
    tables.classes[index] = Class(
        node.name, qualname, scope, block, bases, keywords, decorators, by_name, place, extent, binding
    )
    walker.rebind(node.name, binding)
    return True


def _name_place(
    walker: StatementWalker, node: FunctionNode | ast.ClassDef, name: str, is_async: bool = False
) -> Position:
    """Where the name stands: behind `def `, `async def `, `class ` (odd spacing is not worth a tokeniser)."""
    offset = len("class ") if isinstance(node, ast.ClassDef) else len("async def " if is_async else "def ")
    column = walker.tables.column(node.lineno, node.col_offset) + offset
    return (node.lineno, column, node.lineno, column + len(name))


def _whole(walker: StatementWalker, node: FunctionNode | ast.ClassDef) -> Position:
    place = walker.tables.place(node)
    if node.decorator_list:
        first = walker.tables.place(node.decorator_list[0])
        return (first[0], max(1, first[1] - 1), place[2], place[3])
    return place

"""Statements, walked once in order: which bindings reach which place, and which suite holds what.

Reaching definitions are computed here, structurally: the arms of an `if` join, an arm that ends in return,
raise, continue or break contributes nothing, the head of a loop merges what its body leaves behind, a handler
begins with everything that the `try` may have bound. Functions are read after the suite that holds them, so
that a deep nest costs no recursion.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from registry_lint.facts.expressions import DISPLAYS, Environment, ExpressionReader, Guards
from registry_lint.facts.records import (
    NONE,
    Argument,
    BindingId,
    Class,
    ClassBinding,
    ClassId,
    ExprId,
    Function,
    FunctionBinding,
    FunctionId,
    ImportBinding,
    MergedBinding,
    NarrowedBinding,
    OpaqueBinding,
    Parameter,
    ParameterBinding,
    Position,
    Scope,
    StarImport,
    Statement,
    ValueBinding,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from registry_lint.facts.tables import Tables

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
# What is tested for all the time: `A | B` makes a new object each time that it is met.
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_WITHS = (ast.With, ast.AsyncWith)
_TARGETED = (ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor)
_NESTS = frozenset({ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, *_WITHS, ast.Match})


class StatementWalker(ExpressionReader):
    """Walks a module. One for a file."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self.qualname: tuple[str, ...] = ()
        self.class_: ClassId = NONE
        self.returns: list[ExprId] = []

    def walk_module(self, module: ast.Module) -> None:
        """Read a whole file."""
        self.tables.new_scope(Scope("module", NONE, NONE, {}, ()))
        self.continue_in(self.tables.new_block("module", NONE, 0, 0))
        self.walk(module.body)

    # --- suites ---

    def walk(self, body: Sequence[ast.stmt]) -> bool:
        """Read the statements of a suite; whether control can leave at its end."""
        alive, walkers = True, _WALKERS
        for statement in body:
            if not walkers[type(statement)](self, statement):
                alive = False  # what follows cannot run, but it is code all the same: read on
        return alive

    def suite(
        self,
        kind: str,
        body: Sequence[ast.stmt],
        compound: int,
        headers: tuple[ExprId, ...] = (),
        is_async: bool = False,
    ) -> bool:
        """Read a suite as a block of its own."""
        outer = self.block
        extent = self._extent(body)
        self.continue_in(self.tables.new_block(kind, outer, self.scope, compound, headers, extent, is_async))
        alive = self.walk(body)
        self.continue_in(outer)
        return alive

    def _extent(self, body: Sequence[ast.stmt]) -> Position:
        if not body:
            return (0, 0, 0, 0)
        place = self.tables.place(body[0])
        if len(body) == 1:
            return place
        last = self.tables.place(body[-1])
        return (place[0], place[1], last[2], last[3])

    def note(self, kind: str, node: ast.stmt, expr: ExprId = NONE) -> None:
        """Enter a statement."""
        self.tables.statements.append(Statement(kind, self.block, expr, self.tables.place(node)))

    # --- statements; each says whether control goes on behind it ---

    def _other(self, node: ast.stmt) -> bool:
        self.note(type(node).__name__.lower(), node)
        return True

    def _jump(self, node: ast.Break | ast.Continue) -> bool:
        self.note(type(node).__name__.lower(), node)
        return False

    def _expression(self, node: ast.Expr) -> bool:
        self.note("expr", node, self.read(node.value))
        self.checked(node.value)
        return True

    def _return(self, node: ast.Return) -> bool:
        returned = self.read_optional(node.value)
        if returned != NONE:
            self.returns.append(returned)
        self.note("return", node, returned)
        return False

    def _raise(self, node: ast.Raise) -> bool:
        raised = self.read_optional(node.exc)
        self.read_optional(node.cause)
        self.note("raise", node, raised)
        return False

    def _assert(self, node: ast.Assert) -> bool:
        self.note("assert", node, self.read(node.test))
        self.read_optional(node.msg)
        self.narrow(node.test, holds=True)
        return True

    def _delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            self.note("delete", node, self.read(target))
            if isinstance(target, ast.Name):
                self.environment.pop(target.id, None)
        return True

    def _assign(self, node: ast.Assign) -> bool:
        return self._assigned(node, node.targets, node.value)

    if sys.version_info >= (3, 12):

        def _type_alias(self, node: ast.TypeAlias) -> bool:
            return self._assigned(node, [node.name], node.value)

    def _assigned(self, node: ast.stmt, targets: Sequence[ast.expr], value: ast.expr) -> bool:
        read = self.read(value)
        for target in targets:
            if isinstance(target, DISPLAYS):
                self._store_pairwise(target, value, read)
            else:
                self.store(target, read, ())
        self.note("assign", node, read)
        if self.scope == 0:
            self._exports(targets, value)
        return True

    def _store_pairwise(self, target: ast.Tuple | ast.List, value: ast.expr, read: ExprId) -> None:
        """Store `a, b = x, y` as two stores: nothing is gained by going through a tuple."""
        expression = self.tables.expressions[read]
        if (
            isinstance(value, DISPLAYS)
            and len(target.elts) == len(value.elts)
            and not any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts))
        ):
            for item, part in zip(target.elts, expression.items, strict=True):  # type: ignore[union-attr]
                self.store(item, part, ())
        else:
            self.store(target, read, ())

    def _exports(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        match targets, value:
            case [ast.Name(id="__all__")], (ast.List(elts=items) | ast.Tuple(elts=items)):
                names = [i.value for i in items if isinstance(i, ast.Constant) and isinstance(i.value, str)]
                if len(names) == len(items):
                    self.tables.exports = tuple(names)

    def _annotated(self, node: ast.AnnAssign) -> bool:
        annotation = self.read(node.annotation)
        value = self.read_optional(node.value)
        if value == NONE and isinstance(node.target, ast.Name):
            target = self.tables.place(node.target)
            binding = self.tables.bind(ValueBinding(node.target.id, self.scope, target, NONE, (), annotation))
            self.rebind(node.target.id, binding)
        else:
            self.store(node.target, value, (), annotation)
        self.note("assign", node, value)
        return True

    def _augmented(self, node: ast.AugAssign) -> bool:
        value = self.read(node.value)
        before = self.environment.get(node.target.id) if isinstance(node.target, ast.Name) else None
        self.store(node.target, value, (("augment", 0),))
        if isinstance(node.target, ast.Name) and before:
            after = self.environment.get(node.target.id, ())
            both = tuple(dict.fromkeys((*before, *after)))
            self.environment[node.target.id] = self.tables.gathered(node.target.id, self.scope, both)
        self.note("assign", node, value)
        return True

    def _import(self, node: ast.Import | ast.ImportFrom) -> bool:
        self.note("import", node)
        for alias in node.names:
            place = self.tables.place(alias)
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
                module = alias.name if alias.asname else name
                self._bind_import(name, place, module, "", alias.name)
            elif alias.name == "*":
                module = "." * node.level + (node.module or "")
                self.tables.star_imports.append(StarImport(module, self.scope, place))
            else:
                module = "." * node.level + (node.module or "")
                self._bind_import(alias.asname or alias.name, place, module, alias.name, "")
        return True

    def _bind_import(self, name: str, place: Position, module: str, member: str, submodule: str) -> None:
        binding = self.tables.bind(ImportBinding(name, self.scope, place, module, member, submodule, self.block))
        self.rebind(name, binding)

    # --- compound statements ---

    def _if(self, node: ast.If) -> bool:
        test = self.read(node.test)
        self.note("if", node, test)
        compound = self.tables.new_compound()
        environment, guards = self._fork()
        self.narrow(node.test, holds=True)
        body_alive = self.suite("if", node.body, compound, (test,))
        after_body = (self.environment, self.guards)
        self.environment, self.guards = self._copied(environment, guards)
        self.narrow(node.test, holds=False)
        else_alive = self.suite("else", node.orelse, compound, (test,)) if node.orelse else True
        after_else = (self.environment, self.guards)
        self._join([state for state, alive in ((after_body, body_alive), (after_else, else_alive)) if alive])
        if not (body_alive or else_alive):
            self.environment, self.guards = environment, guards
        return body_alive or else_alive

    def _fork(self) -> tuple[Environment, Guards]:
        """The state now, kept aside; the reader goes on with a copy."""
        kept = (self.environment, self.guards)
        self.environment, self.guards = self._copied(*kept)
        return kept

    def _copied(self, environment: Environment, guards: Guards) -> tuple[Environment, Guards]:
        self.tables.copied(len(environment) + len(guards))
        return dict(environment), dict(guards)

    def _join(self, states: Sequence[tuple[Environment, Guards]]) -> None:
        """Go on with what any of the arms may have left: every binding, and the guards that all of them share."""
        if not states:
            return
        shared = dict(states[0][1])
        for _, guards in states[1:]:
            shared = {path: known for path, known in shared.items() if guards.get(path) == known}
        environment = self._narrowed(states, 0, shared)
        for index in range(1, len(states)):
            environment = self._either(environment, self._narrowed(states, index, shared))
        self.environment, self.guards = environment, shared

    def _either(self, first: Environment, second: Environment) -> Environment:
        """Every binding that either arm leaves; a name that only one arm binds keeps that one."""
        self.tables.copied(len(first) + len(second))
        joined = dict(first)
        for name, bindings in second.items():
            known = joined.get(name)
            if known is None:
                joined[name] = bindings
            elif known != bindings:
                both = tuple(dict.fromkeys((*known, *bindings)))
                joined[name] = self.tables.gathered(name, self.scope, both)
        return joined

    def _narrowed(self, states: Sequence[tuple[Environment, Guards]], index: int, shared: Guards) -> Environment:
        """One arm's environment; a name that the arms bind differently keeps there what this arm knows of it.

        `if isclass(x): x = x()` leaves the new `x`, or the old one of which it is known that it is no class.
        """
        environment, guards = states[index]
        if len(states) == 1:
            return environment
        narrowed = environment
        for path, known in guards.items():
            bindings = environment.get(path)
            if bindings is None or path in shared:
                continue
            if all(other.get(path) == bindings for other, _ in states):
                continue
            if narrowed is environment:
                narrowed = dict(environment)
            place = self.tables.positions_of(bindings[0]) if bindings else (0, 0, 0, 0)
            binding = NarrowedBinding(path, self.scope, place, bindings, known)
            narrowed[path] = (self.tables.bind(binding),)
        return narrowed

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> bool:
        compound = self.tables.new_compound()
        iterable = NONE if isinstance(node, ast.While) else self.read(node.iter)
        before, before_guards = self._fork()
        heads = self._merge_at_head(node)
        if isinstance(node, ast.While):
            header = self.read(node.test)
            self.narrow(node.test, holds=True)
        else:
            header = iterable
            self.store(node.target, iterable, (("element", 0),))
        self.note("while" if isinstance(node, ast.While) else "for", node, header)
        kind = "while" if isinstance(node, ast.While) else "for"
        self.suite(kind, node.body, compound, (header,), isinstance(node, ast.AsyncFor))
        self._close_heads(heads)
        self.environment = self._either(before, self.environment)
        self.guards = before_guards
        for name in heads:
            self.forget_path(name)
        if node.orelse:
            self.suite("loop-else", node.orelse, compound, (header,))
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        return not (endless and not any(isinstance(inner, ast.Break) for inner in _within(node.body)))

    def _merge_at_head(self, node: ast.For | ast.AsyncFor | ast.While) -> dict[str, int]:
        heads = {}
        environment = self.environment
        for name in sorted(_stored_names(node.body)):
            reaching = environment.get(name)
            if reaching is not None:
                merged = MergedBinding(name, self.scope, self.tables.place(node), reaching)
                heads[name] = self.tables.bind(merged)
                environment[name] = (heads[name],)
                self.forget_path(name)
        return heads

    def _close_heads(self, heads: dict[str, int]) -> None:
        """Add to each merged binding what the end of the body leaves."""
        for name, head in heads.items():
            merged = self.tables.bindings[head]
            assert isinstance(merged, MergedBinding)
            left = [b for b in self.environment.get(name, ()) if b != head]
            self.tables.bindings[head] = MergedBinding(
                name, merged.scope, merged.position, tuple(dict.fromkeys((*merged.options, *left)))
            )

    def _try(self, node: ast.Try | ast.TryStar) -> bool:
        compound = self.tables.new_compound()
        self.note("try", node)
        before, guards = self._copied(self.environment, self.guards)
        made_from = len(self.tables.bindings)
        alive = self.suite("try", node.body, compound)
        made = self._made_since(made_from)
        if node.orelse:
            alive = self.suite("try-else", node.orelse, compound) and alive
        states = [(self.environment, self.guards)] if alive else []
        for handler in node.handlers:
            self.environment = self._either(before, made)
            self.guards = dict(guards)
            self.tables.copied(len(guards))
            caught = self.read_optional(handler.type)
            if handler.name:
                place = (handler.lineno, self.tables.column(handler.lineno, handler.col_offset), handler.lineno, 0)
                binding = self.tables.bind(OpaqueBinding(handler.name, self.scope, place, "exception"))
                self.rebind(handler.name, binding)
            if self.suite("except", handler.body, compound, () if caught == NONE else (caught,)):
                states.append((self.environment, self.guards))
        if states:
            self._join(states)
        else:
            self.environment = self._either(before, made)
        if node.finalbody:
            return self.suite("finally", node.finalbody, compound) and bool(states)
        return bool(states)

    def _made_since(self, start: int) -> Environment:
        made: dict[str, list[BindingId]] = {}
        for index in range(start, len(self.tables.bindings)):
            binding = self.tables.bindings[index]
            if binding.scope == self.scope and not isinstance(binding, MergedBinding):
                made.setdefault(binding.name, []).append(index)
        scope = self.scope
        return {name: self.tables.gathered(name, scope, tuple(indexes)) for name, indexes in made.items()}

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        compound = self.tables.new_compound()
        headers = []
        for item in node.items:
            headers.append(self.read(item.context_expr))
            if item.optional_vars is not None:
                self.store(item.optional_vars, headers[-1], (("enter", 0),))
        self.note("with", node, headers[0])
        before, _ = self._copied(self.environment, {})
        alive = self.suite("with", node.body, compound, tuple(headers), isinstance(node, ast.AsyncWith))
        if not alive and any(_may_swallow(item.context_expr) for item in node.items):
            self.environment = self._either(before, self.environment)
            return True
        return alive

    def _match(self, node: ast.Match) -> bool:
        compound = self.tables.new_compound()
        subject = self.read(node.subject)
        self.note("match", node, subject)
        environment, guards = self.environment, self.guards
        states: list[tuple[Environment, Guards]] = []
        exhaustive = False
        for case in node.cases:
            self.environment, self.guards = self._copied(environment, guards)
            self._capture(case.pattern, subject)
            if case.guard is not None:
                self.read(case.guard)
                self.narrow(case.guard, holds=True)
            elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                exhaustive = True
            if self.suite("case", case.body, compound, (subject,)):
                states.append((self.environment, self.guards))
        if not exhaustive:
            states.append((environment, guards))
        self._join(states)
        return bool(states)

    def _capture(self, pattern: ast.pattern, subject: ExprId) -> None:
        """Bind the names of a pattern: a capture of the whole subject is the subject, any other is unknown."""
        for part in ast.walk(pattern):
            if isinstance(part, ast.MatchClass):
                self.read(part.cls)
            if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                place = self.tables.place(part)
                if part is pattern:
                    binding = self.tables.bind(ValueBinding(part.name, self.scope, place, subject, (), NONE))
                else:
                    binding = self.tables.bind(OpaqueBinding(part.name, self.scope, place, "pattern"))
                self.rebind(part.name, binding)

    # --- functions and classes ---

    def _function(self, node: FunctionNode) -> bool:
        decorators = self.read_all(node.decorator_list)
        parameters = self._parameters(node.args)
        annotation = self.read_optional(node.returns)
        place = self._name_place(node, node.name, is_async=isinstance(node, ast.AsyncFunctionDef))
        index = len(self.tables.functions)
        binding = self.tables.bind(FunctionBinding(node.name, self.scope, place, index))
        self.tables.functions.append(
            Function(
                node.name,
                ".".join((*self.qualname, node.name)),
                NONE,
                NONE,
                self.class_,
                parameters,
                (),
                (),
                (),
                annotation,
                decorators,
                isinstance(node, ast.AsyncFunctionDef),
                place,
                self._whole(node),
                binding,
            )
        )
        self.note("def", node)
        self.rebind(node.name, binding)
        global_names = _global_names(node.body) if self.tables.may_have_globals else ()
        self._body(index, node.args, node.body, global_names)
        return True

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
        defaults.extend(arguments.defaults)
        parameters = []
        for position, (argument, default) in enumerate(zip(plain, defaults, strict=True)):
            kind = "positional" if position < len(arguments.posonlyargs) else "plain"
            parameters.append(self._parameter(argument, kind, default))
        if arguments.vararg:
            parameters.append(self._parameter(arguments.vararg, "args", None))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            parameters.append(self._parameter(argument, "keyword", default))
        if arguments.kwarg:
            parameters.append(self._parameter(arguments.kwarg, "kwargs", None))
        return tuple(parameters)

    def _parameter(self, argument: ast.arg, kind: str, default: ast.expr | None) -> Parameter:
        annotation = self.read_optional(argument.annotation)
        return Parameter(argument.arg, kind, annotation, self.read_optional(default))  # type: ignore[arg-type]

    def read_lambda(self, node: ast.Lambda) -> FunctionId:
        """Read a lambda as a function whose body returns its expression."""
        parameters = self._parameters(node.args)
        place = self.tables.place(node)
        index = len(self.tables.functions)
        qualname = ".".join((*self.qualname, "<lambda>"))
        self.tables.functions.append(
            Function(
                "<lambda>", qualname, NONE, NONE, NONE, parameters, (), (), (), NONE, (), False, place, place, NONE
            )
        )
        self._body(index, node.args, [ast.copy_location(ast.Return(node.body), node.body)], (), is_lambda=True)
        return index

    def _body(
        self,
        index: FunctionId,
        arguments: ast.arguments,
        body: Sequence[ast.stmt],
        global_names: tuple[str, ...],
        is_lambda: bool = False,
    ) -> None:
        tables = self.tables
        kept = (self.environment, self.guards, self.scope, self.block, self.class_, self.qualname)
        kept_values = (self.yields, self.delegates, self.returns)
        function = tables.functions[index]
        self.scope = tables.new_scope(Scope("function", self.scope, index, {}, global_names))
        extent, compound = self._extent(body), tables.new_compound()
        block = tables.new_block("function", self.block, self.scope, compound, (), extent, function.is_async)
        self.continue_in(block)
        # A lambda runs where it stands as often as not: it sees what is known there. A function may run
        # at any time: names of outer scopes are resolved over all of their bindings.
        self.environment, self.guards = self._copied(kept[0], kept[1]) if is_lambda else ({}, {})
        self.yields, self.delegates, self.returns = [], [], []
        self.class_ = NONE
        self.qualname = (*self.qualname, function.name, "<locals>")
        for position, (parameter, node) in enumerate(zip(function.parameters, _nodes(arguments), strict=True)):
            place = tables.place(node)
            binding = tables.bind(ParameterBinding(parameter.name, self.scope, place, index, position))
            self.rebind(parameter.name, binding)
        scope = self.scope
        self.walk(body)
        tables.functions[index] = Function(
            function.name,
            function.qualname,
            scope,
            block,
            function.class_,
            function.parameters,
            tuple(self.returns),
            tuple(self.yields),
            tuple(self.delegates),
            function.return_annotation,
            function.decorators,
            function.is_async,
            function.position,
            function.extent,
            function.binding,
        )
        self.environment, self.guards, self.scope, outer, self.class_, self.qualname = kept
        self.continue_in(outer)
        self.yields, self.delegates, self.returns = kept_values

    def _class(self, node: ast.ClassDef) -> bool:
        tables = self.tables
        decorators = self.read_all(node.decorator_list)
        bases = self.read_all(node.bases)
        keywords = tuple([Argument(k.arg or "**", self.read(k.value)) for k in node.keywords])
        place = self._name_place(node, node.name)
        index = len(tables.classes)
        qualname = ".".join((*self.qualname, node.name))
        binding = tables.bind(ClassBinding(node.name, self.scope, place, index))
        extent = self._whole(node)
        tables.classes.append(
            Class(node.name, qualname, NONE, NONE, bases, keywords, decorators, {}, place, extent, binding)
        )
        self.note("class", node)
        inner, _ = self._copied(self.environment, {})
        kept = (self.environment, self.guards, self.scope, self.block, self.class_, self.qualname)
        first_function = len(tables.functions)
        self.scope = tables.new_scope(Scope("class", self.scope, index, {}, ()))
        inside, compound = self._extent(node.body), tables.new_compound()
        block = tables.new_block("class", self.block, self.scope, compound, (), inside)
        self.continue_in(block)
        self.environment = inner
        self.class_, self.qualname = index, (*self.qualname, node.name)
        scope = self.scope
        self.walk(node.body)
        self.environment, self.guards, self.scope, outer, self.class_, self.qualname = kept
        self.continue_in(outer)
        methods: dict[str, list[FunctionId]] = {}
        for position in range(first_function, len(tables.functions)):
            method = tables.functions[position]
            if method.class_ == index:
                methods.setdefault(method.name, []).append(position)
        by_name = {name: tuple(positions) for name, positions in methods.items()}
        tables.classes[index] = Class(
            node.name, qualname, scope, block, bases, keywords, decorators, by_name, place, extent, binding
        )
        self.rebind(node.name, binding)
        return True

    def _name_place(self, node: FunctionNode | ast.ClassDef, name: str, is_async: bool = False) -> Position:
        """Where the name stands: behind `def `, `async def `, `class ` (odd spacing is not worth a tokeniser)."""
        offset = len("class ") if isinstance(node, ast.ClassDef) else len("async def " if is_async else "def ")
        column = self.tables.column(node.lineno, node.col_offset) + offset
        return (node.lineno, column, node.lineno, column + len(name))

    def _whole(self, node: FunctionNode | ast.ClassDef) -> Position:
        place = self.tables.place(node)
        if node.decorator_list:
            first = self.tables.place(node.decorator_list[0])
            return (first[0], max(1, first[1] - 1), place[2], place[3])
        return place


# By the exact type of a statement. Functions of the class and not methods of an object, which would refer to itself
# and stay, with the whole tree, until a garbage collection that does not come while a project is analysed.
_WALKERS: dict[type, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(ast.stmt.__subclasses__(), StatementWalker._other),  # pass, global, nonlocal
    ast.Expr: StatementWalker._expression,
    ast.Assign: StatementWalker._assign,
    ast.AnnAssign: StatementWalker._annotated,
    ast.AugAssign: StatementWalker._augmented,
    ast.Return: StatementWalker._return,
    ast.Raise: StatementWalker._raise,
    ast.If: StatementWalker._if,
    ast.For: StatementWalker._loop,
    ast.AsyncFor: StatementWalker._loop,
    ast.While: StatementWalker._loop,
    ast.Try: StatementWalker._try,
    ast.TryStar: StatementWalker._try,
    ast.With: StatementWalker._with,
    ast.AsyncWith: StatementWalker._with,
    ast.Match: StatementWalker._match,
    ast.FunctionDef: StatementWalker._function,
    ast.AsyncFunctionDef: StatementWalker._function,
    ast.ClassDef: StatementWalker._class,
    ast.Import: StatementWalker._import,
    ast.ImportFrom: StatementWalker._import,
    ast.Assert: StatementWalker._assert,
    ast.Delete: StatementWalker._delete,
    ast.Break: StatementWalker._jump,
    ast.Continue: StatementWalker._jump,
}
if sys.version_info >= (3, 12):  # before, facts.newer writes an assignment
    _WALKERS[ast.TypeAlias] = StatementWalker._type_alias


def _nodes(arguments: ast.arguments) -> Iterable[ast.arg]:
    """The parameters in the order in which they are written."""
    nodes = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        nodes.append(arguments.vararg)
    nodes += arguments.kwonlyargs
    if arguments.kwarg:
        nodes.append(arguments.kwarg)
    return nodes


def _global_names(body: Sequence[ast.stmt]) -> tuple[str, ...]:
    names: set[str] = set()
    for statement in _within(body):
        if isinstance(statement, ast.Global):
            names.update(statement.names)
    return tuple(sorted(names))


def _within(body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
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


def _stored_names(body: Sequence[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for statement in _within(body):
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


def _may_swallow(context: ast.expr) -> bool:
    """Whether a context manager may swallow an exception, so that code behind a `raise` in it still runs."""
    func = context.func if isinstance(context, ast.Call) else context
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in ("suppress", "raises")

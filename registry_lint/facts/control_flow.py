"""Statements that decide what runs: branches, loops, `try`, `with` and `match`, and what reaches the place behind them.

An arm that ends in return, raise, continue or break contributes nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts import patterns
from registry_lint.facts.guards import narrow
from registry_lint.facts.records import NONE, OpaqueBinding
from registry_lint.facts.stores import store
from registry_lint.facts.suites import stored_names, within

if TYPE_CHECKING:
    from registry_lint.facts.reaching import Environment, Guards
    from registry_lint.facts.statements import StatementWalker


def walk_if(walker: StatementWalker, node: ast.If) -> bool:
    """`if`, with its `else`; an `elif` is an `if` in one."""
    test = walker.read(node.test)
    walker.note("if", node, test)
    compound = walker.tables.new_compound()
    environment, guards = walker.fork()
    narrow(walker, node.test, holds=True)
    body_alive = walker.suite("if", node.body, compound, (test,))
    after_body = (walker.environment, walker.guards)
    walker.environment, walker.guards = walker.copied(environment, guards)
    narrow(walker, node.test, holds=False)
    else_alive = walker.suite("else", node.orelse, compound, (test,)) if node.orelse else True
    after_else = (walker.environment, walker.guards)
    walker.join([state for state, alive in ((after_body, body_alive), (after_else, else_alive)) if alive])
    if not (body_alive or else_alive):
        walker.environment, walker.guards = environment, guards
    return body_alive or else_alive


def walk_loop(walker: StatementWalker, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """`for` and `while`: the head merges what the body leaves."""
    compound = walker.tables.new_compound()
    iterable = NONE if isinstance(node, ast.While) else walker.read(node.iter)
    before, before_guards = walker.fork()
    heads = walker.merge_at_head(stored_names(node.body), walker.tables.place(node))
    if isinstance(node, ast.While):
        header = walker.read(node.test)
        narrow(walker, node.test, holds=True)
    else:
        header = iterable
        store(walker, node.target, iterable, (("element", 0),))
    walker.note("while" if isinstance(node, ast.While) else "for", node, header)
    kind = "while" if isinstance(node, ast.While) else "for"
    walker.suite(kind, node.body, compound, (header,), isinstance(node, ast.AsyncFor))
    walker.close_heads(heads)
    walker.environment = walker.either(before, walker.environment)
    walker.guards = before_guards
    for name in heads:
        walker.forget_path(name)
    if node.orelse:
        walker.suite("loop-else", node.orelse, compound, (header,))
    endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
    return not (endless and not any(isinstance(inner, ast.Break) for inner in within(node.body)))


def walk_try(walker: StatementWalker, node: ast.Try | ast.TryStar) -> bool:
    """`try`: a handler begins with everything that the suite may have bound."""
    compound = walker.tables.new_compound()
    walker.note("try", node)
    before, guards = walker.copied(walker.environment, walker.guards)
    made_from = len(walker.tables.bindings)
    alive = walker.suite("try", node.body, compound)
    made = walker.made_since(made_from)
    if node.orelse:
        alive = walker.suite("try-else", node.orelse, compound) and alive
    states = [(walker.environment, walker.guards)] if alive else []
    for handler in node.handlers:
        walker.environment = walker.either(before, made)
        walker.guards = dict(guards)
        walker.tables.copied(len(guards))
        caught = walker.read_optional(handler.type)
        if handler.name:
            place = (handler.lineno, walker.tables.column(handler.lineno, handler.col_offset), handler.lineno, 0)
            binding = walker.tables.bind(OpaqueBinding(handler.name, walker.scope, place, "exception"))
            walker.rebind(handler.name, binding)
        if walker.suite("except", handler.body, compound, () if caught == NONE else (caught,)):
            states.append((walker.environment, walker.guards))
    if states:
        walker.join(states)
    else:
        walker.environment = walker.either(before, made)
    if node.finalbody:
        return walker.suite("finally", node.finalbody, compound) and bool(states)
    return bool(states)


def walk_with(walker: StatementWalker, node: ast.With | ast.AsyncWith) -> bool:
    """`with`: where its manager may swallow an exception, what stands behind it runs in any case."""
    compound = walker.tables.new_compound()
    headers = []
    for item in node.items:
        headers.append(walker.read(item.context_expr))
        if item.optional_vars is not None:
            store(walker, item.optional_vars, headers[-1], (("enter", 0),))
    walker.note("with", node, headers[0])
    before, _ = walker.copied(walker.environment, {})
    alive = walker.suite("with", node.body, compound, tuple(headers), isinstance(node, ast.AsyncWith))
    if not alive and any(_may_swallow(item.context_expr) for item in node.items):
        walker.environment = walker.either(before, walker.environment)
        return True
    return alive


def _may_swallow(context: ast.expr) -> bool:
    """Whether a context manager may swallow an exception, so that code behind a `raise` in it still runs."""
    func = context.func if isinstance(context, ast.Call) else context
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in ("suppress", "raises")


def walk_match(walker: StatementWalker, node: ast.Match) -> bool:
    """`match`: cases in their order, and none of them where no pattern takes everything."""
    compound = walker.tables.new_compound()
    subject = walker.read(node.subject)
    walker.note("match", node, subject)
    environment = walker.environment
    states: list[tuple[Environment, Guards]] = []
    exhaustive = False
    for case in node.cases:
        guards = walker.guards  # what did not fit the cases before
        walker.environment, walker.guards = walker.copied(environment, guards)
        patterns.fit(walker, case.pattern, node.subject, subject)
        if case.guard is not None:
            walker.read(case.guard)
            narrow(walker, case.guard, holds=True)
        elif patterns.takes_everything(case.pattern):
            exhaustive = True
        if walker.suite("case", case.body, compound, (subject,)):
            states.append((walker.environment, walker.guards))
        walker.guards = guards
        if case.guard is None:
            patterns.miss(walker, case.pattern, node.subject)
    if not exhaustive:
        states.append((environment, walker.guards))
    walker.join(states)
    return bool(states)

"""Statements, walked once in order, into the suites that hold them: where the reading of a file begins.

Reaching definitions are computed on the way, structurally (see `reaching` and `control_flow`). What a kind of statement
does is said in the module that the table at the end names.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from registry_lint.facts import assignments, control_flow, definitions, imports
from registry_lint.facts.expressions import ExpressionReader
from registry_lint.facts.guards import narrow, note_checked
from registry_lint.facts.records import NONE, ClassId, ExprId, Position, Scope, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry_lint.facts.tables import Tables


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
        extent = self.extent(body)
        self.continue_in(self.tables.new_block(kind, outer, self.scope, compound, headers, extent, is_async))
        alive = self.walk(body)
        self.continue_in(outer)
        return alive

    def extent(self, body: Sequence[ast.stmt]) -> Position:
        """From the first statement of a suite to the last."""
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
        note_checked(self, node.value)
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
        narrow(self, node.test, holds=True)
        return True


# By the exact type of a statement. Functions and not methods of an object, which would refer to itself and stay, with
# the whole tree, until a garbage collection that does not come while a project is analysed.
_WALKERS: dict[type, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(ast.stmt.__subclasses__(), StatementWalker._other),  # pass, global, nonlocal
    ast.Expr: StatementWalker._expression,
    ast.Assign: assignments.walk_assignment,
    ast.AnnAssign: assignments.walk_annotated,
    ast.AugAssign: assignments.walk_augmented,
    ast.Return: StatementWalker._return,
    ast.Raise: StatementWalker._raise,
    ast.If: control_flow.walk_if,
    ast.For: control_flow.walk_loop,
    ast.AsyncFor: control_flow.walk_loop,
    ast.While: control_flow.walk_loop,
    ast.Try: control_flow.walk_try,
    ast.TryStar: control_flow.walk_try,
    ast.With: control_flow.walk_with,
    ast.AsyncWith: control_flow.walk_with,
    ast.Match: control_flow.walk_match,
    ast.FunctionDef: definitions.walk_function,
    ast.AsyncFunctionDef: definitions.walk_function,
    ast.ClassDef: definitions.walk_class,
    ast.Import: imports.walk_import,
    ast.ImportFrom: imports.walk_import,
    ast.Assert: StatementWalker._assert,
    ast.Delete: assignments.walk_delete,
    ast.Break: StatementWalker._jump,
    ast.Continue: StatementWalker._jump,
}
if sys.version_info >= (3, 12):  # before, facts.newer writes an assignment
    _WALKERS[ast.TypeAlias] = assignments.walk_type_alias

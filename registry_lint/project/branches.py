"""Branches: whether two places of a file exclude each other, and what stands around a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.files import Files

_ARMS = frozenset({"if", "else", "case", "try", "try-else", "except"})


class Branches:
    """Questions about blocks."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def around(self, path: str, block: facts.BlockId) -> Iterator[facts.BlockId]:
        """A block and those around it, inner ones first."""
        blocks = self._files.parsed(path).blocks
        while block != facts.NONE:
            yield block
            block = blocks[block].parent

    def exclusive(self, path: str, one: facts.ExprId, other: facts.ExprId) -> bool:
        """Whether two expressions stand in arms of one statement of which one run takes one: if and else, two cases,
        a `try` and its handler (a fallback)."""
        file = self._files.parsed(path)
        arms = {
            file.blocks[block].compound: block
            for block in self.around(path, file.expression_blocks[one])
            if file.blocks[block].kind in _ARMS
        }
        for block in self.around(path, file.expression_blocks[other]):
            arm = arms.get(file.blocks[block].compound)
            if arm is not None and arm != block:
                return {file.blocks[arm].kind, file.blocks[block].kind} != {"try", "try-else"}
        if self._are_alternatives(file, one, other):
            return True
        return self._returns_between(file, one, other) or self._returns_between(file, other, one)

    def _are_alternatives(self, file: facts.FileFacts, one: facts.ExprId, other: facts.ExprId) -> bool:
        """`A(base) if base else A()`: two options of one conditional expression."""
        if file.expression_blocks[one] != file.expression_blocks[other]:
            return False
        for record in file.expressions:
            if isinstance(record, facts.Choice) and record.kind == "if":
                where = [_option_of(file, record, expr) for expr in (one, other)]
                if None not in where and where[0] != where[1]:
                    return True
        return False

    def _returns_between(self, file: facts.FileFacts, one: facts.ExprId, other: facts.ExprId) -> bool:
        """`if test: return A()` before `return B()`: an arm that leaves the function excludes what follows it."""
        block = file.expression_blocks[one]
        while block != facts.NONE and file.blocks[block].kind in _ARMS | {"with"}:
            record = file.blocks[block]
            outer = record.parent
            if record.kind in ("if", "else", "except", "case") and self._leaves(file, block):
                inner = file.expression_blocks[other]
                while inner not in (facts.NONE, outer):
                    inner = file.blocks[inner].parent
                return inner == outer and file.position(other)[:2] > record.position[2:]
            block = outer
        return False

    def _leaves(self, file: facts.FileFacts, block: facts.BlockId) -> bool:
        return any(
            statement.block == block and statement.kind in ("return", "raise", "continue", "break")
            for statement in file.statements
        )


def _option_of(file: facts.FileFacts, choice: facts.Choice, expr: facts.ExprId) -> facts.ExprId | None:
    """The option of a conditional expression in which an expression stands."""
    begin, end = file.position(expr)[:2], file.position(expr)[2:]
    for option in choice.options:
        place = file.position(option)
        if place[:2] <= begin and end <= place[2:]:
            return option
    return None

"""How a call of a function is written in the place of an expression, so that it is worth what the function returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from registry_lint.project.domain import FunctionRef
    from registry_lint.project.model import Project


def written_call(project: Project, function: FunctionRef, path: str, expr: facts.ExprId) -> str | None:
    """The pattern of the call, for `str.format`: `{}` or `await {}`; None where no call there has it.

    What is awaited can be had in a coroutine only, and what yields is for a `with` or for a framework.
    """
    record = project.function(function)
    if record.yields or record.delegates:
        return None
    if not record.is_async:
        return "{}"
    return "await {}" if _in_coroutine(project.facts_of(path), expr) else None


def _in_coroutine(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    block = file.expression_blocks[expr]
    while block != facts.NONE and file.blocks[block].kind not in ("function", "class"):
        block = file.blocks[block].parent
    return block != facts.NONE and file.blocks[block].kind == "function" and file.blocks[block].is_async

"""Names of classes with their module: `type(x).__module__ + "." + type(x).__qualname__` is the path that a class is
imported by, which nobody else has, and no makeshift for a name that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from registry_lint.findings import Span
    from registry_lint.project.model import Project


def is_in_import_path(project: Project, span: Span) -> bool:
    """Whether an expression is put together with a `__module__`."""
    expr = project.expression_at(span)
    if expr == facts.NONE:
        return False
    expressions = project.facts_of(span.path).expressions
    above = {part: index for index, record in enumerate(expressions) for part in _put_together(record)}
    while expr in above:
        expr = above[expr]
    pending = [expr]
    while pending:
        record = expressions[pending.pop()]
        if isinstance(record, facts.Attribute) and record.name == "__module__":
            return True
        pending.extend(_put_together(record))
    return False


def _put_together(record: facts.Expr) -> tuple[facts.ExprId, ...]:
    match record:
        case facts.Joined(parts=parts):
            return parts
        case facts.Binary(left=left, right=right):
            return left, right
    return ()

"""What says of a class's field more than its annotation: `field(default_factory=list)`, `Field(...)`, attrs' `ib()`."""

from __future__ import annotations

from registry_lint.facts import records as facts

_SAYING = frozenset({"Field", "field", "attrib", "ib"})


def field_call(file: facts.FileFacts, expr: facts.ExprId) -> facts.Call | None:
    """The call that describes a field, where an expression is one."""
    record = file.expressions[expr]
    return record if isinstance(record, facts.Call) and file.last_name(record.func) in _SAYING else None

"""What an object is asked for first, where the name of its class is taken only if that is missing.

`getattr(tool, "name", type(tool).__name__)`; `try: key = tool.name`, and `type(tool).__name__` where that fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

_CATCHING = frozenset({"AttributeError", "Exception", ""})
_DEFAULT = 2  # position of the default among the arguments of `getattr`


def asked_first(project: Project, span: Span) -> list[str]:
    """The attributes whose absence leads to an expression that takes the name of an object's class."""
    subject = project.named_object(span)
    expr = project.expression_at(span)
    if subject is None or expr == facts.NONE:
        return []
    file = project.facts_of(span.path)
    named = file.dotted(project.expression_at(subject))
    if named is None:
        return []
    found = (*_as_default(file, expr, named), *_handled(project, span.path, file, expr, named))
    return list(dict.fromkeys(found))


def _as_default(file: facts.FileFacts, expr: facts.ExprId, named: str) -> Iterator[str]:
    for call in file.calls.get("getattr", ()):
        record = file.expressions[call]
        arguments = [argument.value for argument in record.arguments] if isinstance(record, facts.Call) else []
        if len(arguments) > _DEFAULT and arguments[_DEFAULT] == expr:
            asked = file.expressions[arguments[1]]
            if file.dotted(arguments[0]) == named and isinstance(asked, facts.Literal):
                yield str(asked.value)


def _handled(project: Project, path: str, file: facts.FileFacts, expr: facts.ExprId, named: str) -> Iterator[str]:
    for index in project.branches.around(path, file.expression_blocks[expr]):
        handler = file.blocks[index]
        caught = [(file.dotted(header) or "") for header in handler.headers] or [""]
        if handler.kind == "except" and _CATCHING.intersection(caught):
            for number, record in enumerate(file.expressions):
                block = file.blocks[file.expression_blocks[number]]
                if (
                    isinstance(record, facts.Attribute)
                    and (block.kind, block.compound) == ("try", handler.compound)
                    and file.dotted(record.base) == named
                ):
                    yield record.name

"""Dependency injection: the functions whose results a framework hands to a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.solver import Flow

MARKERS = ("Depends", "Security", "Provide", "Inject")


def injected(flow: Flow, path: str, parameter: facts.Parameter) -> Iterator[tuple[str, facts.ExprId]]:
    """The functions in a parameter's markers: (path, expression). `tools=Depends(f)`, and `Annotated[T, Depends(f)]`
    written out or behind an alias."""
    if parameter.default != facts.NONE:
        yield from _marked(flow, path, parameter.default)
    if parameter.annotation == facts.NONE:
        return
    home, written = flow.annotations.written(path, parameter.annotation)
    file = flow.facts(home)
    record = file.expressions[written]
    if not isinstance(record, facts.Subscript) or record.key == facts.NONE:
        return
    told = file.expressions[record.key]
    if isinstance(told, facts.Sequence) and (file.dotted(record.base) or "").endswith("Annotated"):
        for item in told.items[1:]:
            yield from _marked(flow, home, item)


def _marked(flow: Flow, path: str, marker: facts.ExprId) -> Iterator[tuple[str, facts.ExprId]]:
    file = flow.facts(path)
    record = file.expressions[marker]
    if isinstance(record, facts.Call) and record.arguments:
        last = (file.dotted(record.func) or "").rpartition(".")[2]
        if last in MARKERS:
            yield path, record.arguments[0].value

"""From the project's references to the report's records: places, symbols, code, and the indexes by which records name
one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.audit.records import Place, Step, Symbol
from registry_lint.project.domain import CERTAIN, ClassRef, FunctionRef
from registry_lint.project.runs_in import ModuleBody

if TYPE_CHECKING:
    from registry_lint.facts import records as facts
    from registry_lint.findings import Confidence, Span
    from registry_lint.findings import Step as FoundStep
    from registry_lint.project.domain import Level
    from registry_lint.project.model import Project
    from registry_lint.project.runs_in import Node
    from registry_lint.report.sources import Sources

_LONGEST_CODE = 160  # characters of a line of source that a report quotes


class Lookup:
    """Makes records. Everything that it is asked is a question to the project."""

    def __init__(self, project: Project, sources: Sources) -> None:
        self.project = project
        self._sources = sources

    def place(self, span: Span) -> Place:
        """Where a span begins."""
        return Place(span.path, span.row, span.column)

    def at(self, path: str, expr: facts.ExprId) -> Place:
        """Where an expression begins."""
        return self.place(self.project.span(path, expr))

    def class_(self, ref: ClassRef) -> Symbol:
        """A class."""
        record = self.project.classes.record(ref)
        row, column, _, _ = record.position
        return Symbol(record.name, self.project.dotted(ref), Place(ref.path, row, column))

    def function(self, ref: FunctionRef) -> Symbol:
        """A function or method."""
        row, column, _, _ = self.project.function(ref).position
        return Symbol(self.project.called(ref), self.project.dotted(ref), Place(ref.path, row, column))

    def node(self, node: Node) -> Symbol:
        """A function, or what runs when a file is imported."""
        if isinstance(node, ModuleBody):
            return Symbol(node.path, self.project.names.module_of(node.path) or node.path, Place(node.path, 1, 1))
        return self.function(node)

    def code(self, path: str, expr: facts.ExprId) -> str:
        """The source of an expression, on one line and not too long."""
        span = self.project.span(path, expr)
        return self.text(span)

    def text(self, span: Span) -> str:
        """The source of a span, on one line and not too long."""
        lines = self._sources.lines(span.path)[span.row - 1 : span.end_row]
        if not lines:
            return ""
        cut = list(lines)
        cut[-1] = cut[-1][: span.end_column - 1] if len(cut) > 1 else cut[0][: span.end_column - 1]
        cut[0] = cut[0][span.column - 1 :]
        text = " ".join(" ".join(cut).split())
        return text if len(text) <= _LONGEST_CODE else f"{text[: _LONGEST_CODE - 1]}…"

    def step(self, step: FoundStep) -> Step:
        """A step of a finding, with what is around it."""
        return Step(self.place(step.span), step.message, self.project.symbol_at(step.span))


def confidence(level: Level) -> Confidence:
    """The word for a level."""
    return "certain" if level == CERTAIN else "likely"

"""Rows and columns as an editor counts them: both from 0, columns in the units that it asked for (most: UTF-16)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from registry_lint.report.sources import Sources

if TYPE_CHECKING:
    from pygls.workspace import PositionCodec

    from registry_lint.findings import Span, Step
    from registry_lint.server.analysis import Analysis


class Places:
    """Places in the sources of one analysis."""

    def __init__(self, analysis: Analysis, codec: PositionCodec, uris: dict[str, str]) -> None:
        self._root = analysis.root
        self._sources = Sources(analysis.read)
        self._codec = codec
        self._uris = uris  # of open files: what the editor calls them

    def uri(self, path: str) -> str:
        """What an editor calls a file."""
        return self._uris.get(path) or Path(self._root, path).as_uri()

    def range(self, span: Span) -> types.Range:
        """A stretch of a file."""
        return types.Range(
            self._position(span.path, span.row, span.column), self._position(span.path, span.end_row, span.end_column)
        )

    def location(self, step: Step) -> types.DiagnosticRelatedInformation:
        """A step of a trace, or a place that belongs to a finding."""
        where = types.Location(self.uri(step.span.path), self.range(step.span))
        return types.DiagnosticRelatedInformation(where, step.message)

    def _position(self, path: str, row: int, column: int) -> types.Position:
        before = (self._sources.line(path, row) or "")[: max(column - 1, 0)]
        return types.Position(max(row - 1, 0), self._codec.client_num_units(before))


def overlap(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges touch: a cursor at the end of a name is on the name."""
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character

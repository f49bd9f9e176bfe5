"""What changes do to a file's abstract tree, seen without parsing the whole file again."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.suggest.document import Change, Document, applied, first_row

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rewritten(NamedTuple):
    """The statements of a module that changes touch, and those that stand in their place afterwards."""

    gone: tuple[ast.stmt, ...]
    made: tuple[ast.stmt, ...]


class _Rows(NamedTuple):
    first: int
    last: int


def rewritten(document: Document, changes: Sequence[Change]) -> Rewritten | None:
    """What changes make of the module's own statements; None where only the whole file can tell.

    Whole rows of whole statements read alike with the rest of the file and without it, so that it is enough to parse
    those that are touched (a line end that is taken out counts to both of its rows). `changes` must be in order and
    must not overlap.
    """
    if "\r" in document.text:
        return None
    gone: list[ast.stmt] = []
    made: list[ast.stmt] = []
    for rows, inside in _touched(document, changes):
        start, end = document.row_start(rows.first), document.row_start(rows.last + 1)
        moved = [Change(change.start - start, change.end - start, change.content) for change in inside]
        text = applied(document.text[start:end], moved)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about escapes in the analysed code, which is not ours
                made += ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # perhaps grammar that is newer than this interpreter
        gone += _overlapping(document.syntax.body, rows)
    return Rewritten(tuple(gone), tuple(made))


def _touched(document: Document, changes: Sequence[Change]) -> list[tuple[_Rows, list[Change]]]:
    """The rows of the statements that changes touch, each with its changes; rows that overlap are one."""
    found: list[tuple[_Rows, list[Change]]] = []
    for change in changes:
        rows = _whole(document.syntax.body, _Rows(document.row_of(change.start), document.row_of(change.end)))
        inside = [change]
        while found and found[-1][0].last >= rows.first:
            before, others = found.pop()
            rows = _Rows(min(before.first, rows.first), max(before.last, rows.last))
            inside = [*others, *inside]
        found.append((rows, inside))
    return found


def _whole(body: Sequence[ast.stmt], rows: _Rows) -> _Rows:
    """Rows, and those of all statements on them, with the statements that share a row with one of these."""
    while True:
        statements = _overlapping(body, rows)
        first = min([rows.first, *map(first_row, statements)])
        last = max([rows.last, *(statement.end_lineno or statement.lineno for statement in statements)])
        if (first, last) == rows:
            return rows
        rows = _Rows(first, last)


def _overlapping(body: Sequence[ast.stmt], rows: _Rows) -> list[ast.stmt]:
    return [
        statement
        for statement in body
        if (statement.end_lineno or statement.lineno) >= rows.first and first_row(statement) <= rows.last
    ]

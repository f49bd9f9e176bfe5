"""What changes do to a file's abstract tree, seen without parsing the whole file again."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.suggest.document import Change, Document, applied, first_row

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rewritten(NamedTuple):
    """The statements that changes touch, of whichever suites, and those that stand in their place afterwards."""

    gone: tuple[ast.stmt, ...]
    made: tuple[ast.stmt, ...]


class _Rows(NamedTuple):
    first: int
    last: int


class _Touched(NamedTuple):
    """Rows of whole statements of one suite, with the changes in them; no two share a row."""

    rows: _Rows
    indentation: str  # of the suite
    changes: list[Change]


def rewritten(document: Document, changes: Sequence[Change]) -> Rewritten | None:
    """What changes make of the statements that they touch; None where only the whole file can tell.

    Whole rows of whole statements of a suite read alike with the rest of the file and without it, so that it is enough
    to parse those that are touched (a line end that is taken out counts to both of its rows). `changes` must be in
    order and must not overlap.
    """
    if "\r" in document.text:
        return None
    gone: list[ast.stmt] = []
    made: list[ast.stmt] = []
    for rows, indentation, inside in _touched(document, changes):
        start, end = document.row_start(rows.first), document.row_start(rows.last + 1)
        text = document.text[start:end]
        moved = [Change(change.start - start, change.end - start, change.content) for change in inside]
        before, after = _suite(text, indentation), _suite(applied(text, moved), indentation)
        if before is None or after is None:
            return None  # perhaps grammar that is newer than this interpreter
        if indentation and before and not after:
            return None  # the suite may be empty now
        gone += before
        made += after
    return Rewritten(tuple(gone), tuple(made))


def _suite(text: str, indentation: str) -> list[ast.stmt] | None:
    """The statements on some rows of a suite; None where they do not parse, or leave the suite."""
    code = text
    if indentation:
        # Our last statement stands in the suite only if all before it do, indented alike, and none is left open.
        code = f"if 1:\n{text}" + ("" if text.endswith("\n") else "\n") + f"{indentation}pass\n"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the analysed code, which is not ours
            found = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not indentation:
        return found
    match found:
        case [ast.If(body=[*statements, ast.Pass()], orelse=[])]:
            return statements
    return None


def _touched(document: Document, changes: Sequence[Change]) -> list[_Touched]:
    """The rows of the innermost statements that changes touch; rows that overlap are one."""
    found: list[_Touched] = []
    for change in changes:
        rows = _Rows(document.row_of(change.start), document.row_of(change.end))
        whole, indentation = _whole(document, rows)
        inside = [change]
        while found and found[-1].rows.last >= whole.first:
            before = found.pop()
            rows = _Rows(min(before.rows.first, whole.first), max(before.rows.last, whole.last))
            whole, indentation = _whole(document, rows)
            inside = [*before.changes, *inside]
        found.append(_Touched(whole, indentation, inside))
    return found


def _whole(document: Document, rows: _Rows) -> tuple[_Rows, str]:
    """Rows, and those of the statements on them, in the innermost suite of a class or function that holds them all."""
    body, indentation = document.syntax.body, ""
    while True:
        whole = _extended(body, rows)
        match _overlapping(body, whole):
            case [ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef() as around]:
                body = around.body
            case _:
                return whole, indentation
        first, last = first_row(body[0]), body[-1].end_lineno or body[-1].lineno
        if not first <= rows.first <= rows.last <= last:
            return whole, indentation
        line = document.line(first)
        inner = line[: len(line) - len(line.lstrip(" \t"))]
        if not inner.startswith(indentation) or inner == indentation or line.startswith("\f", len(inner)):
            return whole, indentation
        indentation = inner


def _extended(body: Sequence[ast.stmt], rows: _Rows) -> _Rows:
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

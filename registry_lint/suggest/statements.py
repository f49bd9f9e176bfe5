"""Whole statements: removing them, and putting new ones beside them, on lines or between semicolons."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from typing import TYPE_CHECKING

from registry_lint.suggest.concrete import Enclosing
from registry_lint.suggest.document import Change, Document, Extent
from registry_lint.suggest.scopes import Function, is_type_checking

if TYPE_CHECKING:
    from collections.abc import Sequence


# From Python 3.12 on an f-string is many tokens, from 3.14 on a t-string, too.
_OPENS_STRING = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")}
_CLOSES_STRING = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")}


class RefusedError(Exception):
    """The edit cannot be made here without harm; the suggestion is then not offered."""


def removal(document: Document, found: Enclosing, gone: Sequence[ast.stmt] = (), *, tidy: bool = True) -> Change:
    """Remove a statement; `gone` are others of its suite that go too; `tidy` takes blank lines that stand doubled.

    The comment behind it goes with it, those above and below stay. A suite that would be empty gets a `pass`; an
    `if TYPE_CHECKING:` that would be empty goes as a whole.
    """
    statement, suite = found.statement, found.suite
    extent = document.whole_extent_of(statement)
    remaining = [other for other in suite if other is not statement and other not in gone]
    if not remaining and found.parents:
        parent = found.parents[0]
        if isinstance(parent, ast.If) and is_type_checking(parent.test) and not parent.orelse:
            return _whole_rows(document, document.extent_of(parent), tidy=tidy)
        if statement is suite[0]:
            return Change(*extent, "pass")
    index = suite.index(statement)
    previous = suite[index - 1] if index else None
    following = suite[index + 1] if index + 1 < len(suite) else None
    first, last = document.row_of(extent.start), document.row_of(extent.end)
    if following is not None and following.lineno == last and not getattr(following, "decorator_list", ()):
        return Change(extent.start, document.whole_extent_of(following).start, "")
    if document.text[document.row_start(first) : extent.start].strip():
        start = document.extent_of(previous).end if previous is not None else extent.start
        return Change(start, extent.end, "")
    return _whole_rows(document, extent, leads=index == 0, tidy=tidy)


def _whole_rows(document: Document, extent: Extent, *, leads: bool = False, tidy: bool = True) -> Change:
    """Whole lines, with the blank ones behind them that would stand doubled, or first in the suite."""
    first, last = document.row_of(extent.start), document.row_of(extent.end)
    if not tidy:
        return Change(document.row_start(first), document.row_start(last + 1), "")
    above = first - 1
    while above and not document.line(above).strip():
        above -= 1
    below = last + 1
    while below < document.rows and document.line(below).strip(" \t") == "":
        below += 1
    # Of two groups of blank lines the longer stays; a suite does not begin with one.
    opens = leads and above == first - 1 and not (above and document.line(above).lstrip().startswith("#"))
    doubled = below - last - 1 if opens else min(first - 1 - above, below - last - 1)
    return Change(document.row_start(first), document.row_start(last + 1 + doubled), "")


def insertion_before(document: Document, found: Enclosing, code: str) -> Change:
    """Put statements before another one, above the comments that belong to it. Raises RefusedError."""
    start = document.whole_extent_of(found.statement).start
    row = document.row_of(start)
    if document.text[document.row_start(row) : start].strip():
        return _inline(document, found, start, code)
    indentation = document.indentation(row)
    while row > 1 and document.line(row - 1).lstrip().startswith("#") and document.indentation(row - 1) == indentation:
        if row - 1 <= 2 and (document.line(row - 1).startswith("#!") or "coding" in document.line(row - 1)):
            break
        if _inside_a_string(document, found, row - 1):
            break
        row -= 1
    at = document.row_start(row)
    line_end = document.line_end_at(row)
    return Change(at, at, line_end.join((*indented(code, indentation), "")))


def insertion_after(document: Document, found: Enclosing, code: str) -> Change:
    """Put statements behind another one. Raises RefusedError."""
    extent = document.whole_extent_of(found.statement)
    row = document.row_of(extent.end)
    start = document.row_start(document.row_of(extent.start))
    rest = document.text[extent.end : document.row_end(row)].strip()
    if document.text[start : extent.start].strip() or (rest and not rest.startswith("#")):
        lines = indented(code, "")
        if len(lines) > 1 or not _is_simple(code):
            raise RefusedError("the statement shares its line with others")
        return Change(extent.end, extent.end, f"; {lines[0]}")
    lines = indented(code, document.indentation(document.row_of(extent.start)))
    line_end = document.line_end_at(row)
    at = document.row_end(row)
    return Change(at, at, "".join(line_end + line for line in lines))


def insertion_into(document: Document, function: Function, code: str) -> Change:
    """Put statements at the beginning of a function's body, behind its docstring."""
    body = function.body
    described = ast.get_docstring(function, clean=False) is not None
    if described and len(body) == 1:
        return insertion_after(document, Enclosing(body[0], body, (function,)), code)
    first = body[1] if described else body[0]
    start = document.whole_extent_of(first).start
    row = document.row_of(start)
    if not document.text[document.row_start(row) : start].strip():
        return insertion_before(document, Enclosing(first, body, (function,)), code)
    if described:
        raise RefusedError("the docstring shares its line with other statements")
    # A body on the function's own line is moved to lines of its own.
    indentation = document.indentation(document.row_of(document.extent_of(function).start)) + document.indentation_unit
    line_end = document.line_end_at(row)
    blanks = len(document.text[:start]) - len(document.text[:start].rstrip(" \t"))
    lines = indented(code, indentation)
    return Change(start - blanks, start, "".join(line_end + line for line in (*lines, indentation)))


def line_after(document: Document, suite: Sequence[ast.stmt], statement: ast.stmt) -> tuple[int, bool]:
    """Offset of the line behind a statement and all that share its lines, and whether a line end is missing there."""
    row = document.row_of(document.extent_of(statement).end)
    for other in suite[suite.index(statement) + 1 :]:
        extent = document.whole_extent_of(other)
        if document.row_of(extent.start) > row:
            break
        row = document.row_of(extent.end)
    return document.row_start(row + 1), row == document.rows


def indented(code: str, indentation: str) -> list[str]:
    """The lines of some code, indented; rows inside a string of several lines stay as they are."""
    code = textwrap.dedent(code).strip("\n")
    inside = _rows_in_strings(code)
    return [
        indentation + line if line and row not in inside else line for row, line in enumerate(code.split("\n"), start=1)
    ]


def _rows_in_strings(code: str) -> set[int]:
    """The rows that begin inside a string. Tokens tell: to a tree, strings that are joined side by side are one."""
    found: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type in _OPENS_STRING:
            opened.append(token.start[0])
        elif token.type == tokenize.STRING or token.type in _CLOSES_STRING:
            first = token.start[0] if token.type == tokenize.STRING else opened.pop()
            found.update(range(first + 1, token.end[0] + 1))
    return found


def _inline(document: Document, found: Enclosing, at: int, code: str) -> Change:
    del document, found
    lines = indented(code, "")
    if len(lines) > 1 or not _is_simple(code):
        raise RefusedError("the statement shares its line with others")
    return Change(at, at, f"{lines[0]}; ")


def _is_simple(code: str) -> bool:
    return not any(hasattr(statement, "body") for statement in ast.parse(textwrap.dedent(code)).body)


def _inside_a_string(document: Document, found: Enclosing, row: int) -> bool:
    """Whether a row that looks like a comment ends a string of several lines just above."""
    index = found.suite.index(found.statement)
    return bool(index) and document.row_of(document.extent_of(found.suite[index - 1]).end) >= row

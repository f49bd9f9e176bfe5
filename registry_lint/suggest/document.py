"""One file as it stands: its text, its offsets, its abstract syntax, and changes to the text.

Three coordinates meet here. A `Span` has rows and columns from 1, columns in characters; `ast` has rows from 1 and
columns in UTF-8 bytes from 0; everything inside this room counts characters of the undecorated text (line ends as
they are, no byte order mark) from 0: an offset.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from registry_lint.facts import newer
from registry_lint.findings import Edit, Span
from registry_lint.source.text import SourceError, coding, decode_with
from registry_lint.suggest.outline import Suite, outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LINE_END = re.compile(r"\r\n|\r|\n")


class UnmendableError(Exception):
    """The file cannot be read as Python, so that nothing is suggested for it."""


class Change(NamedTuple):
    """Replace the characters `start` to `end` (offsets, exclusive) by `content`."""

    start: int
    end: int
    content: str


class Extent(NamedTuple):
    """A stretch of the text, in offsets; `end` is exclusive."""

    start: int
    end: int


Placed: TypeAlias = ast.stmt | ast.expr | ast.excepthandler | ast.alias | ast.keyword | ast.arg | ast.pattern


class Document:
    """A file's text with its coordinates. Raises UnmendableError where the bytes are no text in their encoding.

    `bodies` are those of functions, where somebody knows them: they are parsed when they are asked for (see `fill`).
    """

    def __init__(self, path: str, data: bytes, bodies: Sequence[Suite] = ()) -> None:
        self.path = path
        self.data = data
        self._bodies = bodies
        self._left_out: set[int] = set()  # the rows in which bodies begin that are not parsed yet
        try:
            self.coding = coding(data)
            self.text = decode_with(data, self.coding)
        except SourceError as error:
            raise UnmendableError(f"{path}:{error.row}:{error.column}: {error.message}") from None

    @cached_property
    def _starts(self) -> list[int]:
        """Where each row begins."""
        if "\r" in self.text:
            return [0, *(end.end() for end in _LINE_END.finditer(self.text))]
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n")[:-1])]

    # -- rows, columns, offsets

    @property
    def rows(self) -> int:
        """How many rows there are; the last may be empty."""
        return len(self._starts)

    def row_start(self, row: int) -> int:
        """Offset of the first character of a row (from 1); one past the last row it is the end of the text."""
        return self._starts[row - 1] if row <= len(self._starts) else len(self.text)

    def row_end(self, row: int) -> int:
        """Offset of the end of a row, before its line end."""
        if row >= len(self._starts):
            return len(self.text)
        end = self._starts[row]
        return end - (2 if self.text.startswith("\r\n", end - 2) else 1)

    def row_of(self, offset: int) -> int:
        """The row (from 1) that holds an offset."""
        return bisect_right(self._starts, offset)

    def line(self, row: int) -> str:
        """A row's text without its line end."""
        return self.text[self.row_start(row) : self.row_end(row)]

    def indentation(self, row: int) -> str:
        """The blanks at the beginning of a row; a form feed among them is not counted, as in Python."""
        line = self.line(row)
        return line[: len(line) - len(line.lstrip(" \t\f"))].rpartition("\f")[2]

    def offset(self, row: int, column: int) -> int:
        """Offset of a row and column (both from 1). Raises IndexError where the text has no such place.

        The row behind the last counts as the text's end, so that `row + 1, 1` ends the last row however it ends.
        """
        if row == self.rows + 1 and column == 1:
            return len(self.text)
        if not 1 <= row <= self.rows or not 0 <= column - 1 <= self.row_end(row) - self.row_start(row):
            raise IndexError(f"{self.path} has no place {row}:{column}")
        return self._starts[row - 1] + column - 1

    def extent(self, span: Span) -> Extent:
        """A span in offsets. Raises IndexError where the text has no such place."""
        return Extent(self.offset(span.row, span.column), self.offset(span.end_row, span.end_column))

    def span(self, extent: Extent) -> Span:
        """Offsets as a span."""
        row, end_row = self.row_of(extent.start), self.row_of(extent.end)
        return Span(
            self.path, row, extent.start - self.row_start(row) + 1, end_row, extent.end - self.row_start(end_row) + 1
        )

    def line_end_at(self, row: int) -> str:
        """The line end to write in the neighbourhood of a row: its own, else the one before, else LF."""
        ended = min(row, len(self._starts) - 1)
        return self.text[self.row_end(ended) : self._starts[ended]] if ended else "\n"

    @cached_property
    def indentation_unit(self) -> str:
        """What one level of indentation is in this file: that of its first indented suite, else four spaces."""
        # Mostly a statement of the module itself is the first: no need to queue up all expressions before.
        for node in chain(self.syntax.body, self._all_nodes()):
            body = getattr(node, "body", None)
            if isinstance(node, ast.stmt) and isinstance(body, list) and body and body[0].lineno > node.lineno:
                outer, inner = self.indentation(node.lineno), self.indentation(body[0].lineno)
                if inner.startswith(outer) and inner != outer:
                    return inner[len(outer) :]
        return "    "

    def _all_nodes(self) -> Iterator[ast.AST]:
        yield from ast.walk(self.whole)

    # -- abstract syntax

    @cached_property
    def plain(self) -> str:
        """The text with every line end as LF: rows and columns are the same, and both parsers agree on lines."""
        return _LINE_END.sub("\n", self.text) if "\r" in self.text else self.text

    @cached_property
    def syntax(self) -> ast.Module:
        """The abstract tree, without some bodies of functions. Raises UnmendableError where it cannot be parsed."""
        if self._bodies and "\r" not in self.text:
            source, rows = outline(self.text, self._starts, self._bodies)
            try:
                tree = _parsed(source) if rows else self.whole
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return self.whole  # newer grammar
            self._left_out.update(rows)
            return tree
        return self.whole

    @cached_property
    def whole(self) -> ast.Module:
        """The abstract tree with all bodies; its nodes may be others than those of `syntax`. Raises UnmendableError."""
        try:
            try:
                return _parsed(self.plain)
            except SyntaxError as error:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return newer.parse(self.plain, error).tree
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise UnmendableError(f"{self.path}: {error}") from None

    def fill(self, node: ast.AST) -> None:
        """Parse the body of a function, where it was left out: whoever looks into one asks for this."""
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.body[0].lineno not in self._left_out:
            return
        self._left_out.remove(node.body[0].lineno)
        node.body = self._body_of(node)

    def _body_of(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
        first, last = first_row(node), node.end_lineno or node.lineno
        rows = self.text[self.row_start(first) : self.row_start(last + 1)]
        # On the rows that it has in the file; an indented one below an `if` of ours.
        below = rows[:1].isspace()
        code = "\n" * (first - 2) + f"if 1:\n{rows}" if below else "\n" * (first - 1) + rows
        try:
            (found,) = _parsed(code).body
            (found,) = found.body if isinstance(found, ast.If) else (found,)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # newer grammar in it
            inner = (one for one in ast.walk(self.whole) if isinstance(one, type(node)))
            found = next((one for one in inner if one.lineno == node.lineno), node)
        if found is node or not isinstance(found, type(node)):
            raise UnmendableError(f"{self.path}: another function stands at row {node.lineno}")
        return found.body

    @cached_property
    def _is_ascii(self) -> bool:
        return self.text.isascii()

    def place(self, row: int, byte: int) -> int:
        """Offset of a row and a column of `ast`, which counts UTF-8 bytes from 0."""
        start = self.row_start(row)
        if self._is_ascii:
            return start + byte  # a line may be megabytes long, and hold thousands of findings
        line = self.text[start : self.row_end(row)]
        return start + (byte if line.isascii() else len(line.encode()[:byte].decode(errors="ignore")))

    def extent_of(self, node: Placed) -> Extent:
        """Where a node of the abstract tree stands; decorators are no part of it, as in `ast`."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Extent(self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset))

    def span_of(self, node: ast.stmt | ast.expr) -> Span:
        """The span of a node of the abstract tree."""
        return self.span(self.extent_of(node))

    def whole_extent_of(self, statement: ast.stmt) -> Extent:
        """Where a statement stands, from its first decorator's `@` on."""
        extent = self.extent_of(statement)
        decorators = getattr(statement, "decorator_list", ())
        if not decorators:
            return extent
        return Extent(self.text.rindex("@", 0, self.place(decorators[0].lineno, decorators[0].col_offset)), extent.end)


def _parsed(source: str) -> ast.Module:
    """Raises SyntaxError, and ValueError, RecursionError or MemoryError for what only a hostile file holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in the analysed code, which is not ours
        return ast.parse(source)


def first_row(statement: ast.stmt) -> int:
    """The row that a statement begins in, its decorators included."""
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *[decorator.lineno for decorator in decorators]]) if decorators else statement.lineno


def suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements directly below a node: bodies, else-branches, handlers, cases."""
    for field in ("body", "orelse", "finalbody"):
        suite = getattr(node, field, None)
        if isinstance(suite, list) and suite:
            yield suite
    for clause in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield clause.body


def applied(text: str, changes: Iterable[Change]) -> str:
    """The text after changes, which must not overlap. Raises ValueError where they do."""
    pieces: list[str] = []
    at = 0
    for start, end, content in sorted(changes):
        if start < at:
            raise ValueError("two changes overlap")
        pieces += (text[at:start], content)
        at = end
    return "".join((*pieces, text[at:]))


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes in order, without doubles and empty ones; deletions that overlap or touch become one."""
    result: list[Change] = []
    for change in sorted({change for change in changes if change.content or change.end > change.start}):
        last = result[-1] if result else None
        if last and not last.content and not change.content and change.start <= last.end:
            result[-1] = Change(last.start, max(last.end, change.end), "")
        else:
            result.append(change)
    return tuple(result)


def edits(document: Document, changes: Sequence[Change]) -> tuple[Edit, ...]:
    """Changes as the exact replacements that a `Fix` holds."""
    return tuple(Edit(document.span(Extent(start, end)), content) for start, end, content in merged(changes))

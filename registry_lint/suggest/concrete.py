"""The concrete tree (libcst) of one statement, and the node in it that a finding speaks of.

libcst parses 21-25 thousand lines a second where `ast` parses 238 thousand: so `ast` locates the innermost statement,
and only that statement's text is parsed again. A simple statement is parsed as it stands; a compound one with its
indentation, below an `if 1:` of ours, so that rows and columns need no correction but a constant.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal, NamedTuple

import libcst as cst

from registry_lint.facts.positions import positions
from registry_lint.suggest.document import Document, Extent, UnmendableError, first_row, suites

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from libcst.metadata import CodePosition, CodeRange

    from registry_lint.findings import Span

Kind = Literal["call", "expression", "statement", "function", "class", "import"]

_KINDS: dict[str, tuple[type[cst.CSTNode], ...]] = {
    "call": (cst.Call,),
    "expression": (cst.BaseExpression,),
    "statement": (cst.BaseSmallStatement, cst.BaseCompoundStatement),
    "function": (cst.FunctionDef,),
    "class": (cst.ClassDef,),
    "import": (cst.Import, cst.ImportFrom),
}

# What libcst raises for a source that it does not read: a chain of t-strings is a logic error to it.
_REFUSALS = (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError, RecursionError)


class Disagreement(Exception):  # noqa: N818  what it is called everywhere: two parsers disagree
    """The concrete tree does not hold what a finding speaks of: a bug of ours, said as one, never a wrong edit."""

    def __init__(self, span: Span, wanted: str, reason: str = "") -> None:
        self.span = span
        super().__init__(
            f"{span.path}:{span.row}:{span.column}: no {wanted} stands here" + (f": {reason}" if reason else "")
        )


class Enclosing(NamedTuple):
    """A statement, the suite that holds it, and the statements around it, innermost first."""

    statement: ast.stmt
    suite: list[ast.stmt]
    parents: tuple[ast.stmt, ...]  # the statements around it, innermost first


def enclosing(document: Document, extent: Extent) -> Enclosing | None:
    """The innermost statement that holds an extent, or None where none does (a comment, a blank line)."""
    found = _inside(document, extent, document.syntax, ())
    result = None
    while found is not None:
        result = found
        document.fill(found.statement)
        found = _inside(document, extent, found.statement, (found.statement, *found.parents))
    return result


def _inside(document: Document, extent: Extent, node: ast.AST, parents: tuple[ast.stmt, ...]) -> Enclosing | None:
    """The statement directly below a node that holds an extent."""
    first, last = document.row_of(extent.start), document.row_of(extent.end)
    for suite in suites(node):
        for statement in suite:
            end_row: int = statement.end_lineno or statement.lineno
            if end_row < first or first_row(statement) > last:
                continue  # most are told apart by their rows, without counting characters
            whole = document.whole_extent_of(statement)
            if whole.start <= extent.start and extent.end <= whole.end:
                return Enclosing(statement, suite, parents)
    return None


def _header_end(document: Document, statement: ast.stmt) -> int:
    """Where the first suite of a compound statement begins; the end of a simple one."""
    for suite in suites(statement):
        return document.whole_extent_of(suite[0]).start
    return document.extent_of(statement).end


class Fragment:
    """The concrete tree of one statement, with the offsets of all its nodes in the document.

    `headed` reads no more than the header of a compound statement, a `pass` in the place of its suites: most findings
    on a class or function speak of its name, and the body of a class may be the whole file.
    """

    def __init__(self, document: Document, statement: ast.stmt, *, headed: bool = False) -> None:
        whole = document.whole_extent_of(statement)
        row = document.row_of(whole.start)
        column = whole.start - document.row_start(row)
        simple = not any(True for _ in suites(statement))
        if simple:
            prefix, start, row_shift, self._first_column = "", whole.start, row - 1, column
        else:
            # The line's blanks stay: an `else:` below stands under its `if` only if both keep theirs.
            prefix = "if 1:\n" if document.indentation(row) else ""
            start, row_shift, self._first_column = document.row_start(row), row - 1 - (1 if prefix else 0), 0
        end, stub = (_header_end(document, statement), "pass") if headed else (whole.end, "")
        text = document.text[start:end].replace("\r\n", "\n").replace("\r", "\n") + stub
        self._document = document
        self._rows = row_shift
        try:
            module = cst.parse_module(prefix + text + "\n")
        except _REFUSALS as error:
            if not parses(document.text):  # `(name): int` is one of the few forms that libcst does not know
                raise UnmendableError(f"{document.path}: libcst cannot read it: {error}") from None
            raise Disagreement(document.span(whole), "statement that libcst can read", str(error)) from None
        if len(module.code) != len(prefix + text) + 1:  # the blanks of `f"{a!r }"`, of `except A, B :`
            raise UnmendableError(f"{document.path}: libcst loses a part of it")
        self._positions: Mapping[cst.CSTNode, CodeRange] = positions(module)
        self._skipped = bool(prefix)

    def _offset(self, position: CodePosition) -> int:
        line, column = position.line, position.column
        if line == 1 and not self._skipped:
            column += self._first_column
        return self._document.row_start(line + self._rows) + column

    def extent(self, node: cst.CSTNode) -> Extent:
        """Where a node stands, without parentheses of its own."""
        found = self._positions[node]
        return Extent(self._offset(found.start), self._offset(found.end))

    def outer(self, node: cst.CSTNode) -> Extent:
        """Where a node stands, its own parentheses included."""
        left: Sequence[cst.CSTNode] = getattr(node, "lpar", ())
        right: Sequence[cst.CSTNode] = getattr(node, "rpar", ())
        if not left:
            return self.extent(node)
        return Extent(self.extent(left[0]).start, self.extent(right[-1]).end)

    def nodes(self, *kinds: type[cst.CSTNode]) -> Iterator[cst.CSTNode]:
        """Every node of these kinds (of any, where none is given), outermost first."""
        for node, place in self._positions.items():
            if (not kinds or isinstance(node, kinds)) and not (self._skipped and place.start.line == 1):
                yield node

    def at(self, extent: Extent, *kinds: type[cst.CSTNode]) -> cst.CSTNode | None:
        """The outermost node of these kinds whose extent is exactly this one, with or without its parentheses."""
        for node in self.nodes(*kinds):
            if extent in (self.extent(node), self.outer(node)) or (
                # `ast` counts the parentheses of the call to a generator that is its only argument
                isinstance(node, cst.GeneratorExp)
                and not node.lpar
                and self.extent(node) == (extent.start + 1, extent.end - 1)
            ):
                return node
        return None

    def starting_at(self, start: int, *kinds: type[cst.CSTNode]) -> cst.CSTNode | None:
        """The outermost node of these kinds that begins at an offset."""
        return next((node for node in self.nodes(*kinds) if self.extent(node).start == start), None)


class Concrete:
    """The fragments of one document, each parsed once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._fragments: dict[tuple[int, bool], Fragment] = {}

    def fragment(self, found: Enclosing, end: int | None = None) -> Fragment:
        """The concrete tree of a statement, or of its header where what is asked for ends there (at the offset `end`).

        An `elif` is read with the `if` that it belongs to.
        """
        statement, parents = found.statement, list(found.parents)
        while isinstance(statement, ast.If) and self._document.text.startswith(
            "elif", self._document.extent_of(statement).start
        ):
            statement = parents.pop(0)
        # A `try` is none without its handlers.
        headable = end is not None and any(suites(statement)) and not isinstance(statement, (ast.Try, ast.TryStar))
        headed = headable and end is not None and end <= _header_end(self._document, statement)
        key = (self._document.extent_of(statement).start, headed)
        if key not in self._fragments:
            self._fragments[key] = Fragment(self._document, statement, headed=headed)
        return self._fragments[key]

    def enclosing(self, span: Span) -> tuple[Enclosing, Extent]:
        """The statement around a span. Raises Disagreement where there is none."""
        try:
            extent = self._document.extent(span)
        except IndexError as error:
            raise Disagreement(span, "text", str(error)) from None
        found = enclosing(self._document, extent)
        if found is None:
            raise Disagreement(span, "statement")
        return found, extent

    def expression(self, span: Span, kind: Literal["call", "expression"]) -> tuple[Fragment, cst.CSTNode]:
        """The expression that is exactly a span. Raises Disagreement."""
        found, extent = self.enclosing(span)
        fragment = self.fragment(found, extent.end)
        node = fragment.at(extent, *_KINDS[kind])
        if node is None:
            raise Disagreement(span, kind)
        return fragment, node

    def statement(self, span: Span, kind: Kind = "statement") -> Enclosing:
        """The innermost statement around a span, once libcst has confirmed its kind. Raises Disagreement."""
        found, _ = self.enclosing(span)
        self.node_of(found, kind, span)
        return found

    def node_of(self, found: Enclosing, kind: Kind, span: Span) -> tuple[Fragment, cst.CSTNode]:
        """The concrete node of a statement."""
        start = self._document.extent_of(found.statement).start
        fragment = self.fragment(found, start)
        node = fragment.starting_at(start, *_KINDS[kind])
        if node is None:
            raise Disagreement(span, kind)
        return fragment, node

    def holds(self, span: Span) -> bool:
        """Whether any node of the concrete tree is exactly a span, or begins with it as a definition's header does."""
        try:
            found, extent = self.enclosing(span)
            fragment = self.fragment(found, extent.end)
        except Disagreement:
            return False
        if any(extent in (fragment.extent(node), fragment.outer(node)) for node in fragment.nodes()):
            return True
        start = self._document.extent_of(found.statement).start
        return extent.start in (start, self._document.whole_extent_of(found.statement).start) and (
            self.fragment(found, start).starting_at(start, *_KINDS["statement"]) is not None
        )


def parses(text: str) -> bool:
    """Whether libcst reads a whole module."""
    try:
        cst.parse_module(text)
    except _REFUSALS:
        return False
    return True

"""A source in newer grammar, written over in place: older grammar in which every name and expression stands where it
stood. What has no older form that says the same is marked, and put back into the tree (see `restored`).

- `type X[T] = …` (3.12) is an assignment; the type parameters of functions and classes (3.12) are blanks;
- an f-string (3.12: any quotes, line ends and comments in it) and a t-string (3.14) is a tuple of its expressions;
- the exceptions of `except A, B:` (3.14) get their parentheses, and so do a tuple and a `yield` in an f-string;
- `lazy import x` (3.15) is `0; import x`, and the star of `[*xs for xs in xss]` (3.15) is a blank.
"""

from __future__ import annotations

import ast
import bisect
import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts.exact import exact
from registry_lint.facts.restored import Formatted, Marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import libcst as cst
    from libcst.metadata import CodeRange

    from registry_lint.facts.restored import Piece


_EQUAL = re.compile(r"\s*=\s*")


class Older(NamedTuple):
    """A source that this interpreter may know, and what stands in it for something else.

    `places` is the same without the parentheses that were put in, with everything on its row and column.
    """

    source: str
    places: str
    marks: Marks


def as_older(source: str) -> Older | None:
    """The source (line ends as LF) in older grammar; None where libcst cannot read it, either, or nothing is newer.

    libcst's parser calls itself on the C stack: ask `newer.is_shallow` first.
    """
    from registry_lint.facts.positions import positions

    try:
        read = exact(source)
        if read is None:
            return None
        return _Rewriting(read.source, positions(read.module)).older(read.module, read.older)
    except (RecursionError, _CannotRewriteError):
        return None


class _CannotRewriteError(Exception):
    """There is no older form of the same length."""


class _Extent(NamedTuple):
    start: int
    end: int


class _Rewriting:
    """One source being written over."""

    def __init__(self, source: str, ranges: Mapping[cst.CSTNode, CodeRange]) -> None:
        self._source = source
        self._text = list(source)
        self._ranges = ranges
        self._rows = [0]
        for line in source.split("\n"):
            self._rows.append(self._rows[-1] + len(line) + 1)
        self._strings: dict[_Extent, tuple[Piece, ...]] = {}
        self._inserted: list[tuple[int, str]] = []  # parentheses, and the offsets that they come before
        self._unpacked: list[int] = []  # offsets of the elements of comprehensions that had a star
        self._put: list[int] = []  # offsets of statements that are not in the source
        self._aliases: dict[int, int] = {}  # where the names of aliases stand, by the beginnings of their statements

    def older(self, module: cst.Module, is_older: bool) -> Older | None:
        """Write over whatever is newer; None where nothing is, and nothing was before (`is_older`)."""
        import libcst as cst

        waiting: list[cst.CSTNode] = [module]
        while waiting:
            node = waiting.pop()
            match node:
                case cst.TypeAlias():
                    self._alias(node)
                case cst.TypeParameters():
                    self._blank(self._extent(node))
                case cst.ExceptHandler(type=cst.Tuple(lpar=())) | cst.ExceptStarHandler(type=cst.Tuple(lpar=())):
                    assert node.type is not None
                    self._parenthesise(self._extent(node.type))
                case cst.ListComp(elt=cst.StarredElement()) | cst.SetComp(elt=cst.StarredElement()):
                    self._unpack(node.elt)
                case cst.GeneratorExp(elt=cst.StarredElement()):
                    self._unpack(node.elt)
                case cst.CSTNode() if type(node).__name__ == "StarredDictComp":  # since libcst 1.9
                    self._unpack(node)
                case cst.CSTNode() if type(node).__name__.startswith("LazyImport"):
                    self._import(node)
                case cst.ConcatenatedString() | cst.FormattedString() | cst.TemplatedString():
                    if self._is_newer(node):
                        self._as_tuple(node)
                    # The parts of a chain were looked at with it; what stands in them was not.
                    waiting.extend(inner for part in _parts(node) for inner in part.children)
                    continue
            waiting.extend(node.children)
        source = "".join(self._text)
        if source == self._source and not self._inserted and not is_older:
            return None
        marks = Marks(
            {
                (*self._place(source, extent.start), *self._place(source, extent.end)): pieces
                for extent, pieces in self._strings.items()
            },
            frozenset(self._place(source, offset) for offset in self._unpacked),
            frozenset(self._place(source, offset) for offset in self._put),
            {self._place(source, offset): self._place(source, name) for offset, name in self._aliases.items()},
            tuple(self._inserted_places(source)),
        )
        return Older("".join(self._with_inserted(source)), source, marks)

    def _with_inserted(self, source: str) -> Iterator[str]:
        done = 0
        for offset, parenthesis in sorted(self._inserted):
            yield source[done:offset] + parenthesis
            done = offset
        yield source[done:]

    def _inserted_places(self, source: str) -> Iterator[tuple[int, int]]:
        """Where the parentheses stand once they are all in."""
        last = before = 0
        for offset, _ in sorted(self._inserted):
            row, column = self._place(source, offset)
            last, before = row, (before + 1 if row == last else 0)
            yield row, column + before

    # --- places ---

    def _place(self, source: str, offset: int) -> tuple[int, int]:
        """The row, and the column in UTF-8 bytes, in a source with the line ends of the one that was given."""
        row = bisect.bisect_right(self._rows, offset)
        return row, len(source[self._rows[row - 1] : offset].encode())

    def _offset(self, row: int, column: int) -> int:
        return self._rows[row - 1] + column

    def _extent(self, node: cst.CSTNode) -> _Extent:
        """Where a node stands, its own parentheses included."""
        first, last = (getattr(node, name, ()) for name in ("lpar", "rpar"))
        return self._between(first[0] if first else node, last[-1] if last else node)

    def _between(self, first: cst.CSTNode, last: cst.CSTNode) -> _Extent:
        start, end = self._ranges[first].start, self._ranges[last].end
        return _Extent(self._offset(start.line, start.column), self._offset(end.line, end.column))

    # --- writing over ---

    def _blank(self, extent: _Extent, *, in_brackets: bool = False) -> None:
        """Blanks; a line end stays one, continued where no bracket is open around it."""
        for offset in range(*extent):
            if self._text[offset] != "\n":
                self._text[offset] = " "
            elif not in_brackets:
                if offset == extent.start or self._text[offset - 1] == "\n":
                    raise _CannotRewriteError
                self._text[offset - 1] = "\\"

    def _alias(self, node: cst.TypeAlias) -> None:
        whole, name, value = self._extent(node), self._extent(node.name), self._extent(node.value)
        equals = self._source.rindex("=", name.end, value.start)
        self._blank(_Extent(whole.start, equals))
        self._text[whole.start : whole.start + len(node.name.value)] = node.name.value
        self._aliases[whole.start] = name.start

    def _parenthesise(self, extent: _Extent) -> None:
        self._inserted += ((extent.start, "("), (extent.end, ")"))

    def _unpack(self, starred: cst.CSTNode) -> None:
        """The star or stars become blanks: of an element, or at the beginning of a comprehension of a dictionary."""
        value: cst.CSTNode = starred.value  # type: ignore[attr-defined]
        first, start = self._extent(value).start, self._between(starred, starred).start
        at = self._source.index("*", start, first)
        self._blank(_Extent(at, at + (2 if self._source.startswith("**", at) else 1)))
        self._unpacked.append(self._between(value, value).start)

    def _import(self, node: cst.CSTNode) -> None:
        start = self._between(node, node).start
        self._text[start : start + len("lazy")] = "0;  "
        self._put.append(start)

    # --- strings ---

    def _is_newer(self, node: cst.CSTNode) -> bool:
        """Whether this interpreter cannot read a string; asked of the whole chain, since it is read as one."""
        extent = self._between(node, node)
        try:
            ast.parse(f"({self._source[extent.start : extent.end]}\n)", mode="eval")
        except (SyntaxError, ValueError):
            return True
        return False

    def _as_tuple(self, node: cst.CSTNode) -> None:
        whole = self._between(node, node)  # to `ast`, too, parentheses around a string are no part of it
        pieces: list[Piece] = []
        kept: list[_Extent] = []
        for part in _parts(node):
            self._take(part, pieces, kept)
        held = {extent: "".join(self._text[slice(*extent)]) for extent in kept}
        self._text[whole.start] = "("
        self._blank(_Extent(whole.start + 1, whole.end - 1), in_brackets=True)
        for extent, text in held.items():
            self._text[slice(*extent)] = text
            comma = next(at for at in range(extent.end, whole.end) if self._text[at] != "\n")
            self._text[comma] = ","
        self._text[whole.end - 1] = ")"
        self._strings[whole] = tuple(pieces)

    def _said(self, start: int, end: int) -> str:
        """The text that `f"{x = }"` begins with."""
        equal = _EQUAL.match(self._source, end)
        return self._source[start : equal.end() if equal else end]

    def _take(self, part: cst.CSTNode, pieces: list[Piece], kept: list[_Extent]) -> None:
        import libcst as cst

        match part:
            case cst.SimpleString():
                value = part.evaluated_value
                pieces.append(value if isinstance(value, str) else "")
            case cst.FormattedStringText() | cst.TemplatedStringText():
                pieces.append(_unescaped(part.value))
            case cst.FormattedStringExpression() | cst.TemplatedStringExpression():
                expression, extent = part.expression, self._extent(part.expression)
                if isinstance(expression, cst.StarredElement):
                    raise _CannotRewriteError
                if isinstance(expression, cst.Yield | cst.Tuple) and not expression.lpar:
                    self._parenthesise(extent)
                if part.equal is not None:
                    pieces.append(self._said(self._between(part, part).start + 1, extent.end))
                index = len(kept)
                kept.append(extent)
                specification: list[Piece] = []
                for inner in part.format_spec or ():
                    self._take(inner, specification, kept)
                pieces.append(Formatted(index, None if part.format_spec is None else tuple(specification)))
            case cst.FormattedString() | cst.TemplatedString():
                for inner in part.parts:
                    self._take(inner, pieces, kept)


def _parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The strings of a chain, from left to right."""
    import libcst as cst

    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def _unescaped(text: str) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    if "\\" in text:
        try:
            return str(ast.literal_eval(f'"""{text}"""'))
        except (SyntaxError, ValueError):
            return text
    return text

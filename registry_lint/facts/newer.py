"""Grammar that is newer than the running interpreter, written as older grammar of the same length.

`ast` knows the grammar of its own interpreter only; libcst knows later ones. Where `ast` fails, libcst tells what
stands where, the newer forms are written over in place, and `ast` reads the rest: every name and expression stays on
its row and column, and the facts are made by the same walk. A file without newer forms is left as it is.

- `type X[T] = …` (3.12) is an assignment; the type parameters of functions and classes (3.12) are blanks;
- an f-string (3.12: any quotes, line ends and comments in it) and a t-string (3.14) is a tuple of its expressions
  while it is parsed, and becomes an f-string again in the tree;
- the exceptions of `except A, B:` (3.14) get their parentheses.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import libcst as cst
    from libcst.metadata import CodeRange

# libcst's parser calls itself on the C stack: 2,900 nested brackets or 20,000 operators end the process.
_DEEPEST = 100
_LONGEST = 2_000
_MOST_ARMS = 500
_LARGEST = 2_000_000
_TOKEN = re.compile(r"\w+|[^\w\s]")
_STRINGS = (tokenize.STRING, tokenize.COMMENT, tokenize.ERRORTOKEN)


class Formatted(NamedTuple):
    """One expression of an f-string: which of them, and what stands behind its colon."""

    number: int
    specification: tuple[Piece, ...] | None


Piece: TypeAlias = "str | Formatted"  # of an f-string
Key = tuple[int, int, int, int]  # rows, and columns in UTF-8 bytes from 0, as `ast` counts them


class Older(NamedTuple):
    """A source that this interpreter may know."""

    source: str
    strings: dict[Key, tuple[Piece, ...]]  # the tuples that stand for f-strings

    def parse(self) -> ast.Module:
        """The tree, f-strings in their places. Raises what `ast.parse` raises."""
        return _Strings(self.strings).visit(ast.parse(self.source))  # type: ignore[no-any-return]  # a Module stays one


def as_older(source: str) -> Older | None:
    """The source in older grammar; None where libcst cannot read it, either, or nothing in it is newer."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if not is_shallow(source):
        return None
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        rewriting = _Rewriting(source, wrapper.resolve(PositionProvider))
        return rewriting.older(wrapper.module)
    except (cst.ParserSyntaxError, RecursionError, _CannotRewriteError):
        return None


def is_shallow(source: str) -> bool:
    """Whether libcst may be given a source: an upper bound of how deep any logical line of it is.

    What this interpreter's tokeniser takes for a string may be code in a later grammar, so it counts as well.
    """
    if len(source) > _LARGEST or source.count("elif") > _MOST_ARMS:
        return False
    depth = length = row = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            row = token.end[0]
            if token.type == tokenize.NEWLINE:
                depth = length = 0
                continue
            length += len(_TOKEN.findall(token.string))
            if token.type in _STRINGS:
                depth += sum(map(token.string.count, "([{"))
            elif token.string in ("(", "[", "{"):
                depth += 1
            elif token.string in (")", "]", "}"):
                depth -= 1
            if depth > _DEEPEST or length > _LONGEST:
                return False
    except (tokenize.TokenError, SyntaxError):
        rest = "\n".join(source.split("\n")[row:])
        return depth + sum(map(rest.count, "([{")) <= _DEEPEST and length + len(_TOKEN.findall(rest)) <= _LONGEST
    return True


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
        self._inserted: list[int] = []  # offsets before which a closing parenthesis comes

    def older(self, module: cst.Module) -> Older | None:
        """Write over whatever is newer."""
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
                case cst.ConcatenatedString() | cst.FormattedString() | cst.TemplatedString():
                    if self._is_newer(node):
                        self._as_tuple(node)
                    # The parts of a chain were looked at with it; what stands in them was not.
                    waiting.extend(inner for part in _parts(node) for inner in part.children)
                    continue
            waiting.extend(node.children)
        source = "".join(self._text)
        if source == self._source and not self._inserted:
            return None
        keys = {
            (*_place(source, extent.start), *_place(source, extent.end)): pieces
            for extent, pieces in self._strings.items()
        }
        for offset in sorted(self._inserted, reverse=True):
            behind = offset + 1 if source[offset + 1 : offset + 2] != " " else offset + 2
            source = f"{source[:offset]}){source[offset : offset + 1]}{source[behind:]}"
        return Older(source, keys)

    # --- places ---

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

    def _parenthesise(self, exceptions: _Extent) -> None:
        before = exceptions.start - 1
        if self._text[before] not in " \t":
            raise _CannotRewriteError
        self._text[before] = "("
        self._inserted.append(exceptions.end)

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
            self._text[extent.end] = ","
        self._text[whole.end - 1] = ")"
        self._strings[whole] = tuple(pieces)

    def _take(self, part: cst.CSTNode, pieces: list[Piece], kept: list[_Extent]) -> None:
        import libcst as cst

        match part:
            case cst.SimpleString():
                value = part.evaluated_value
                pieces.append(value if isinstance(value, str) else "")
            case cst.FormattedStringText() | cst.TemplatedStringText():
                pieces.append(_unescaped(part.value))
            case cst.FormattedStringExpression() | cst.TemplatedStringExpression():
                expression = part.expression
                if isinstance(expression, cst.Yield | cst.StarredElement) or (
                    isinstance(expression, cst.Tuple) and not expression.lpar
                ):
                    raise _CannotRewriteError
                index = len(kept)
                kept.append(self._extent(expression))
                specification: list[Piece] = []
                for inner in part.format_spec or ():
                    self._take(inner, specification, kept)
                pieces.append(Formatted(index, None if part.format_spec is None else tuple(specification)))
            case cst.FormattedString() | cst.TemplatedString():
                for inner in part.parts:
                    self._take(inner, pieces, kept)


def _place(source: str, offset: int) -> tuple[int, int]:
    start = source.rfind("\n", 0, offset) + 1
    return source.count("\n", 0, offset) + 1, len(source[start:offset].encode())


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


class _Strings(ast.NodeTransformer):
    """Puts an f-string where a tuple stands for one."""

    def __init__(self, strings: dict[Key, tuple[Piece, ...]]) -> None:
        self._strings = strings

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        place = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        pieces = self._strings.get(place)
        self.generic_visit(node)
        return node if pieces is None else self._joined(pieces, node)

    def _joined(self, pieces: tuple[Piece, ...], node: ast.Tuple) -> ast.JoinedStr:
        values: list[ast.expr] = []
        for piece in pieces:
            if isinstance(piece, Formatted):
                behind = None if piece.specification is None else self._joined(piece.specification, node)
                values.append(ast.copy_location(ast.FormattedValue(node.elts[piece.number], -1, behind), node))
            elif values and isinstance(last := values[-1], ast.Constant):
                last.value = str(last.value) + piece
            elif piece:
                values.append(ast.copy_location(ast.Constant(piece), node))
        return ast.copy_location(ast.JoinedStr(values), node)

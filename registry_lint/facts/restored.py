"""The tree of a source that was written in older grammar, with what stood there before (see `older`)."""

from __future__ import annotations

import ast
import bisect
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Formatted(NamedTuple):
    """One expression of an f-string: which of them, and what stands behind its colon."""

    number: int
    specification: tuple[Piece, ...] | None


Piece: TypeAlias = "str | Formatted"  # of an f-string
Key = tuple[int, int, int, int]  # rows, and columns in UTF-8 bytes from 0, as `ast` counts them
Place = tuple[int, int]


_ELEMENT = "_element"


class Marks(NamedTuple):
    """Where something stands for something else."""

    strings: dict[Key, tuple[Piece, ...]]  # tuples for f-strings
    unpacked: frozenset[Place] = frozenset()  # elements of comprehensions that had a star
    put: frozenset[Place] = frozenset()  # statements for nothing
    aliases: Mapping[Place, Place] = MappingProxyType({})  # where their names stood, by where their statements begin
    inserted: tuple[Place, ...] = ()  # parentheses that were put in, one byte each, in order


def restored(tree: ast.Module, marks: Marks) -> ast.Module:
    """The tree, changed in place."""
    if marks.inserted:
        _take_out(tree, marks.inserted)
    return _Restoring(marks).visit(tree)  # type: ignore[no-any-return]  # a Module stays one


def _take_out(tree: ast.Module, inserted: Iterable[Place]) -> None:
    """Move what stands behind parentheses that were put in to where it stands without them."""
    columns: dict[int, list[int]] = {}
    for number, column in inserted:
        columns.setdefault(number, []).append(column)
    for node in ast.walk(tree):
        place: dict[str, int] = node.__dict__
        for row, offset in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
            if put := columns.get(place.get(row, 0)):
                place[offset] -= bisect.bisect_left(put, place[offset])


class _Restoring(ast.NodeTransformer):
    """Puts an f-string where a tuple stands for one, and a loop where a star was."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if (node.lineno, node.col_offset) in self._marks.put else self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        place = self._marks.aliases.get((node.lineno, node.col_offset))
        if place is not None:
            name = node.targets[0]
            length = (name.end_col_offset or 0) - name.col_offset
            (name.lineno, name.col_offset), name.end_lineno = place, place[0]
            name.end_col_offset = name.col_offset + length
        return self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        place = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        pieces = self._marks.strings.get(place)
        self.generic_visit(node)
        return node if pieces is None else self._joined(pieces, node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._spread(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._spread(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._spread(node)

    def _spread(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ast.AST:
        """`[*xs for xs in xss]` is `[x for xs in xss for x in xs]`."""
        held = (node.elt.lineno, node.elt.col_offset) in self._marks.unpacked
        self.generic_visit(node)
        if held:
            target = ast.copy_location(ast.Name(_ELEMENT, ast.Store()), node.elt)
            node.generators.append(ast.comprehension(target, node.elt, [], 0))
            node.elt = ast.copy_location(ast.Name(_ELEMENT, ast.Load()), node.elt)
        return node

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

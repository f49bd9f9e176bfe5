"""The tables of a file while they are being filled."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

from registry_lint.facts.records import (
    NONE,
    AttributeStore,
    Binding,
    BindingId,
    Block,
    BlockId,
    Class,
    Expr,
    ExprId,
    FileFacts,
    Function,
    Guard,
    MergedBinding,
    NarrowedBinding,
    Position,
    Scope,
    ScopeId,
    StarImport,
    Statement,
    SubscriptStore,
    packed,
)
from registry_lint.source.text import lines

if TYPE_CHECKING:
    import ast

_PLACE = itemgetter("lineno", "col_offset", "end_lineno", "end_col_offset")
_WIDE = re.compile(r"[^\x00-\x7f][^\n]*")
_CONTINUATION = re.compile(rb"[\x80-\xbf]")  # every byte of a character but its first

# Bindings that one name may have at one place; beyond, a merged binding stands for them, so that ten thousand
# branches that bind one name cost ten thousand records and not the square of it.
_MOST_OPTIONS = 64
# Tests known of one path at one place: as above, and nobody writes as many.
_MOST_GUARDS = 32
# Names copied where control parts, in one file. Ten thousand branches over as many names need three hundred million:
# half a minute. Of 19,215 installed files none needs more than 0.2 million.
_MOST_COPIED = 100_000_000


class TooIntricateError(Exception):
    """A file whose reading would take longer than anybody waits."""


class Tables:
    """Append-only tables; `freeze` turns them into facts."""

    def __init__(self, source: str) -> None:
        self.expressions: list[Expr] = []
        self.places: list[int] = []  # four numbers an expression, columns in bytes from 0
        self._block_starts: list[tuple[ExprId, BlockId]] = []  # from which expression on which block is the one
        self.bindings: list[Binding] = []
        self.scopes: list[Scope] = []
        self.names: list[dict[str, list[BindingId]]] = []
        self.blocks: list[Block] = []
        self.statements: list[Statement] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.guards: list[Guard] = []
        self.attribute_stores: list[AttributeStore] = []
        self.subscript_stores: list[SubscriptStore] = []
        self.star_imports: list[StarImport] = []
        self.calls: defaultdict[str, list[ExprId]] = defaultdict(list)
        self.exports: tuple[str, ...] | None = None
        self.compounds = 0
        self.may_have_globals = "global" in source
        # ast counts columns in UTF-8 bytes; an all-ASCII file needs no conversion, and of others only some rows do
        self._lines = None if source.isascii() else lines(source)
        self._wide = wide_rows(source) if self._lines else frozenset[int]()
        self._continuations: dict[int, array[int]] = {}  # by row: the offsets of bytes that begin no character
        self._copied = 0

    def column(self, row: int, offset: int) -> int:
        """The character column (from 1) of a UTF-8 byte offset in a row."""
        if self._lines is None or row not in self._wide:
            return offset + 1
        found = self._continuations.get(row)
        if found is None:
            line = self._lines[row - 1].encode()
            found = self._continuations[row] = array("I", [at.start() for at in _CONTINUATION.finditer(line)])
        return offset - bisect_left(found, offset) + 1

    def place(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.pattern) -> Position:
        """The position of a node."""
        row, offset, end_row, end = _PLACE(node.__dict__)
        wide = self._wide
        if wide and (row in wide or end_row in wide):
            return (row, self.column(row, offset), end_row, self.column(end_row, end))
        return (row, offset + 1, end_row, end + 1)

    def continue_in(self, block: BlockId) -> None:
        """From here on, expressions stand in this block."""
        self._block_starts.append((len(self.expressions), block))

    def bind(self, binding: Binding) -> BindingId:
        """Enter a binding into its scope (that of the module, where the scope says `global`)."""
        bindings = self.bindings
        index = len(bindings)
        bindings.append(binding)
        kind = type(binding)
        if kind is MergedBinding or kind is NarrowedBinding:
            return index
        scope, name = binding.scope, binding.name
        if scope and name in self.scopes[scope].global_names:
            scope = 0
        names = self.names[scope]
        if name in names:
            names[name].append(index)
        else:
            names[name] = [index]
        return index

    def gathered(self, name: str, scope: ScopeId, options: tuple[BindingId, ...]) -> tuple[BindingId, ...]:
        """Bindings of a name as few: themselves, or one that stands for them all."""
        if len(options) <= _MOST_OPTIONS:
            return options
        return (self.bind(MergedBinding(name, scope, self.positions_of(options[0]), options)),)

    def copied(self, names: int) -> None:
        """Count names that are copied. Raises TooIntricateError where a file asks for too many."""
        self._copied += names
        if self._copied > _MOST_COPIED:
            raise TooIntricateError

    def positions_of(self, binding: BindingId) -> Position:
        """Where a binding stands."""
        return self.bindings[binding].position

    def new_scope(self, scope: Scope) -> ScopeId:
        """Open a namespace."""
        self.scopes.append(scope)
        self.names.append({})
        return len(self.scopes) - 1

    def new_block(
        self,
        kind: str,
        parent: BlockId,
        scope: ScopeId,
        compound: int,
        headers: tuple[ExprId, ...] = (),
        position: Position = (0, 0, 0, 0),
        is_async: bool = False,
    ) -> BlockId:
        """Open a suite."""
        self.blocks.append(Block(kind, parent, scope, compound, headers, position, is_async))
        return len(self.blocks) - 1

    def new_compound(self) -> int:
        """A number for a compound statement."""
        self.compounds += 1
        return self.compounds

    def guard(self, kind: str, holds: bool, argument: ExprId = NONE, text: str = "") -> int:
        """Enter a guard."""
        self.guards.append(Guard(kind, holds, argument, text))
        return len(self.guards) - 1

    def with_guard(self, known: tuple[int, ...], guard: int) -> tuple[int, ...]:
        """What is known of a path, and one test more."""
        return (*known, guard) if len(known) < _MOST_GUARDS else known

    def freeze(self) -> FileFacts:
        """The facts."""
        scopes = tuple(
            Scope(s.kind, s.parent, s.owner, dict(zip(names, map(tuple, names.values()), strict=True)), s.global_names)
            for s, names in zip(self.scopes, self.names, strict=True)
        )
        return FileFacts(
            expressions=tuple(self.expressions),
            packed_places=self._packed_places(),
            packed_blocks=self._packed_blocks(),
            bindings=tuple(self.bindings),
            scopes=scopes,
            blocks=tuple(self.blocks),
            statements=tuple(self.statements),
            functions=tuple(self.functions),
            classes=tuple(self.classes),
            guards=tuple(self.guards),
            attribute_stores=tuple(self.attribute_stores),
            subscript_stores=tuple(self.subscript_stores),
            star_imports=tuple(self.star_imports),
            calls=dict(zip(self.calls, map(tuple, self.calls.values()), strict=True)),
            exports=self.exports,
        )

    def _packed_places(self) -> bytes:
        numbers, wide = self.places, self._wide
        if wide:
            for half in [half for half, row in enumerate(numbers[::2]) if row in wide]:
                numbers[2 * half + 1] = self.column(numbers[2 * half], numbers[2 * half + 1]) - 1
        return packed(numbers)

    def _packed_blocks(self) -> bytes:
        ends = [start for start, _ in self._block_starts[1:]]
        ends.append(len(self.expressions))
        blocks: list[BlockId] = []
        for (start, block), end in zip(self._block_starts, ends, strict=True):
            blocks += [block] * (end - start)
        return packed(blocks)


def wide_rows(source: str) -> frozenset[int]:
    """The rows (from 1) that hold other than ASCII characters."""
    if "\r" in source:
        return frozenset(row for row, line in enumerate(lines(source), 1) if not line.isascii())
    rows, row, counted = [], 1, 0
    for found in _WIDE.finditer(source):
        row += source.count("\n", counted, found.start())
        counted = found.start()
        rows.append(row)
    return frozenset(rows)

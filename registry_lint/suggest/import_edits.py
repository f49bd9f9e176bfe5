"""The edits of a document's import statements, made together, because several of them may touch one statement."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_lint.suggest import pieces, statements
from registry_lint.suggest.concrete import Enclosing
from registry_lint.suggest.document import Change, Extent, suites
from registry_lint.suggest.pieces import Piece
from registry_lint.suggest.places import Places, leading_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from registry_lint.suggest.scopes import Function, ImportedName, Names, Scope


class Wanted(NamedTuple):
    """An import to insert: `from module import name`, at module level or at the top of a function."""

    module: str  # "" for `import name`
    name: str
    function: Function | None
    before: int | None  # offset that it must stand before: that of a use at module level


class ImportEdits:
    """Inserts into the import statements of one document, and removes from them."""

    def __init__(self, names: Names, own: str) -> None:
        self._names = names
        self._document = names.document
        self._places = Places(names, own)

    def of(self, wanted: Sequence[Wanted], gone: Collection[ImportedName]) -> tuple[Change, ...]:
        """The edits of all import statements: the wanted ones inserted, `gone` removed."""
        gone = [imported for imported in self._names.imported if imported in gone or _is_superfluous(imported, wanted)]
        changes: list[Change] = []
        added: dict[int, list[str]] = defaultdict(list)
        fresh: dict[tuple[str, Function | None], list[Wanted]] = defaultdict(list)
        for one in wanted:
            target = self.mergeable(one)
            if target is not None:
                added[id(target)].append(one.name)
            else:
                fresh[one.module, one.function].append(one)
        removed: dict[int, list[ImportedName]] = defaultdict(list)
        for imported in gone:
            removed[id(imported.statement)].append(imported)
        emptied = [group[0].statement for group in removed.values() if len(group) == len(group[0].statement.names)]
        seen: set[int] = set()
        for imported in self._names.imported:
            statement = imported.statement
            key = id(statement)
            if key in seen or (key not in added and key not in removed):
                continue
            seen.add(key)
            out = {id(other.alias) for other in removed[key]}
            if len(out) == len(statement.names) and not added[key]:
                suite = self._suite_of(imported)
                found = Enclosing(statement, suite, imported.parents or _owner(imported.scope))
                # A new import may come to stand in the very place of an old one: the lines around it stay.
                tidy = not (fresh and isinstance(imported.scope, ast.Module))
                changes.append(statements.removal(self._document, found, emptied, tidy=tidy))
            else:
                changes.extend(self._rewritten(statement, out, sorted(added[key])))
        changes.extend(self._inserted(fresh, {id(statement) for statement in emptied}))
        return tuple(changes)

    def _suite_of(self, imported: ImportedName) -> list[ast.stmt]:
        around = imported.parents[0] if imported.parents else imported.scope
        return next(suite for suite in suites(around) if imported.statement in suite)

    def mergeable(self, wanted: Wanted) -> ast.ImportFrom | None:
        """An import statement of the same module, in the same scope and early enough, that can take the name."""
        if not wanted.module:
            return None
        for imported in self._names.imported:
            statement = imported.statement
            if (
                isinstance(statement, ast.ImportFrom)
                and not imported.parents
                and imported.scope is (wanted.function or self._document.syntax)
                and imported.path == f"{wanted.module}.{imported.alias.name}"
                and (wanted.before is None or self._document.extent_of(statement).end <= wanted.before)
                and (wanted.function is None or self._leads(statement, wanted.function))
            ):
                return statement
        return None

    def _leads(self, statement: ast.stmt, function: Function) -> bool:
        """Whether an import belongs to those at the top of a function's body, before any use."""
        return statement in leading_imports(function.body)

    def _rewritten(self, statement: ast.Import | ast.ImportFrom, out: set[int], names: list[str]) -> Iterator[Change]:
        document = self._document
        extent = document.extent_of(statement)
        bracketed = isinstance(statement, ast.ImportFrom) and document.text[extent.end - 1] == ")"
        found = [self._piece(document.extent_of(alias), extent.end) for alias in statement.names]
        gone = {index for index, alias in enumerate(statement.names) if id(alias) in out}
        kept = [index for index in range(len(found)) if index not in gone]
        if not kept:
            yield Change(found[0].extent.start, found[-1].extent.end, ", ".join(names))
            return
        if gone:
            yield from pieces.removal(document, found, gone, bracketed=bracketed)
        order = _order([statement.names[index].name for index in kept])
        groups: dict[int | None, list[str]] = defaultdict(list)
        for name in names:
            behind = [index for index in kept if order is None or order(statement.names[index].name) <= order(name)]
            groups[behind[-1] if behind else None].append(name)
        for index, codes in groups.items():
            if index is None:
                yield from pieces.addition_before(document, found[kept[0]], codes, bracketed=bracketed)
            else:
                last = index == kept[-1]
                piece = found[index]
                if last and index != len(found) - 1 and piece.comma and not pieces.own_lines(document, found[-1]):
                    piece = Piece(piece.extent, None)  # its comma goes with those behind it
                yield from pieces.addition_after(document, piece, codes, last=last, bracketed=bracketed)

    def _piece(self, extent: Extent, end: int) -> Piece:
        """An imported name with its comma: between two of them stand blanks, comments and that comma only."""
        text, at = self._document.text, extent.end
        while at < end:
            if text[at] == ",":
                return Piece(extent, Extent(at, at + 1))
            if text[at] == "#":
                at = self._document.row_end(self._document.row_of(at))
            elif text[at] not in " \t\f\\\r\n":
                break
            at += 1
        return Piece(extent, None)

    def _inserted(
        self, fresh: dict[tuple[str, Function | None], list[Wanted]], emptied: Collection[int]
    ) -> Iterator[Change]:
        for (module, function), group in fresh.items():
            names = ", ".join(sorted({wanted.name for wanted in group}, key=_by_type))
            spelled = self._places.spelled(module) if module else names
            code = f"from {spelled} import {names}" if module else f"import {names}"
            if function is not None:
                yield self._places.into_function(function, code)
            else:
                before = min((wanted.before for wanted in group if wanted.before is not None), default=None)
                yield self._places.at_the_top(spelled, code, before, emptied)


def _is_superfluous(imported: ImportedName, wanted: Sequence[Wanted]) -> bool:
    """Whether an import stands under `if TYPE_CHECKING:` and a new one at module level replaces it."""
    return (
        imported.for_types_only
        and isinstance(imported.scope, ast.Module)
        and any(one.function is None and imported.path == f"{one.module}.{one.name}".lstrip(".") for one in wanted)
    )


def _owner(scope: Scope) -> tuple[ast.stmt, ...]:
    return (scope,) if isinstance(scope, ast.stmt) else ()


def _by_type(name: str) -> tuple[Any, ...]:
    """The order of isort and Ruff: constants, classes, the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def _alphabetically(name: str) -> tuple[Any, ...]:
    return (name.casefold(),)


def _order(names: Sequence[str]) -> Callable[[str], tuple[Any, ...]] | None:
    """The order in which names stand: as isort sorts them, alphabetically, or none."""
    for key in (_by_type, _alphabetically):
        if list(names) == sorted(names, key=key):
            return key
    return None

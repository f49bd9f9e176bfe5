"""A name at a place: an existing binding reused, else an import inserted; and imports left unused, removed.

A name is decided at once, since the code to write needs it; the edits of all import statements are made together at
the end, because several of them may touch one statement.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_lint.suggest import pieces, statements
from registry_lint.suggest.concrete import Enclosing
from registry_lint.suggest.document import Change, Extent, suites
from registry_lint.suggest.pieces import Piece
from registry_lint.suggest.places import Places, leading_imports
from registry_lint.suggest.scopes import (
    BUILTINS,
    Function,
    ImportedName,
    Names,
    Scope,
    scopes_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from registry_lint.suggest.surroundings import Surroundings


class Wanted(NamedTuple):
    """An import to insert: `from module import name`, at module level or at the top of a function."""

    module: str  # "" for `import name`
    name: str
    function: Function | None
    before: int | None  # offset that it must stand before: that of a use at module level


class Imports:
    """The import statements of one document, and those that a suggestion adds."""

    def __init__(self, names: Names, surroundings: Surroundings) -> None:
        self._names = names
        self._document = names.document
        self._surroundings = surroundings
        self._own = surroundings.module_of(names.document.path)
        self._places = Places(names, self._own)
        self._wanted: list[Wanted] = []

    @property
    def existing(self) -> Sequence[ImportedName]:
        """What is imported already."""
        return self._names.imported

    # -- deciding the name

    def name(self, module: str, name: str | None, at: Extent) -> str | None:
        """The expression that means `module.name` (or the module) at a place, or None where none can be had safely."""
        if name is None:
            module, _, name = module.rpartition(".")
        scopes = scopes_at(self._document, at)
        target = self._surroundings.resolve(f"{module}.{name}" if module else name)
        if self._own and self._surroundings.resolve(f"{self._own}.{name}") == target and self._defined_here(name):
            return name if self._sees_own(name, scopes, at) else None
        if self._own == module:
            return None  # it should be here, and is not
        return self._bound(target, module, name, scopes, at) or self._new(module, name, target, scopes, at)

    def _bound(self, target: str, module: str, name: str, scopes: Sequence[Scope], at: Extent) -> str | None:
        resolve = self._surroundings.resolve
        for imported in self.existing:
            if resolve(imported.path) == target and self._usable(imported, scopes, at):
                return imported.expression
        for imported in self.existing if module else ():
            if resolve(imported.path) == resolve(module) and self._usable(imported, scopes, at):
                return f"{imported.expression}.{name}"
        return None

    def _new(self, module: str, name: str, target: str, scopes: Sequence[Scope], at: Extent) -> str | None:
        document = self._document
        function = next((scope for scope in scopes if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
        for wanted in self._wanted:
            if wanted.name == name and wanted.module != module:
                return None
            if wanted[:2] == (module, name) and (wanted.function is None or wanted.function in scopes):
                if wanted.function is None and function is None and wanted.before is not None:
                    self._wanted.remove(wanted)
                    self._wanted.append(wanted._replace(before=min(wanted.before, at.start)))
                return name
        only_types = {
            id(imported.statement)
            for imported in self.existing
            if imported.for_types_only and self._surroundings.resolve(imported.path) == target
        }
        for scope in scopes:
            if any(id(node) not in only_types for node in self._names.binders(scope, name)):
                return None
        if name in BUILTINS and self._names.uses[name]:
            return None
        at_top = Wanted(module, name, None, None if function else at.start)
        in_function = at_top._replace(function=function)
        if self._surroundings.would_cycle(document.path, module or name):
            if function is None:
                return None
            self._wanted.append(in_function)
        elif function is not None and self._mergeable(in_function) and not self._mergeable(at_top):
            self._wanted.append(in_function)  # the function imports from that module itself, for a reason of its own
        else:
            self._wanted.append(at_top)
        return name

    def _defined_here(self, name: str) -> bool:
        imported = {id(imported.statement) for imported in self.existing}
        return any(id(node) not in imported for node in self._names.binders(self._document.syntax, name))

    def _sees_own(self, name: str, scopes: Sequence[Scope], at: Extent) -> bool:
        if any(self._names.binders(scope, name) for scope in scopes[:-1]):
            return False
        binders = self._names.binders(self._document.syntax, name)
        if any(isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) for scope in scopes):
            return True
        return all(isinstance(n, (ast.stmt, ast.expr)) and self._document.extent_of(n).end <= at.start for n in binders)

    def _usable(self, imported: ImportedName, scopes: Sequence[Scope], at: Extent) -> bool:
        """Whether the import is what its name means at a place, on every way there."""
        if imported.scope not in scopes or imported.for_types_only:
            return False
        depth = scopes.index(imported.scope)
        if any(self._names.binders(scope, imported.name) for scope in scopes[:depth]):
            return False
        outermost = imported.parents[-1] if imported.parents else None
        for node in self._names.binders(imported.scope, imported.name):
            if node is imported.statement:
                continue
            in_fallback = isinstance(outermost, ast.Try) and any(node is inner for inner in ast.walk(outermost))
            plain_package = isinstance(node, ast.Import) and isinstance(imported.statement, ast.Import)
            if not (in_fallback or (plain_package and imported.alias.asname is None)):
                return False
        deferred = any(isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) for scope in scopes[:depth])
        if not deferred and self._document.extent_of(imported.statement).end > at.start:
            return False
        around: ast.stmt = imported.statement
        for parent in imported.parents:
            suite = next(suite for suite in suites(parent) if around in suite)
            first, last = self._document.whole_extent_of(suite[0]), self._document.extent_of(suite[-1])
            inside = first.start <= at.start and at.end <= last.end
            always = isinstance(parent, (ast.With, ast.AsyncWith)) or (
                isinstance(parent, ast.Try) and (suite is parent.body or suite is parent.finalbody)
            )
            if not inside and not always:
                return False
            around = parent
        return True

    # -- imports that nothing uses any more

    def left_behind(self, before: Counter[str], after: Counter[str]) -> tuple[ImportedName, ...]:
        """Imports of this document that were used and no longer are, by the uses of names and dotted names.

        Kept are those that other code may take from here, and those that say so: in `__init__.py` and stubs,
        `x as x`, under `try`, with a `noqa`.
        """
        if self._document.path.endswith(("__init__.py", ".pyi")):
            return ()
        return tuple(
            imported
            for imported in self.existing
            if before[imported.name] > 0 == after[imported.name]
            and (imported.alias.asname or "." not in imported.alias.name or before[imported.alias.name] > 0)
            and self.droppable(imported)
        )

    def droppable(self, imported: ImportedName) -> bool:
        """Whether an import that nothing in this file uses may go."""
        statement = imported.statement
        last = statement.end_lineno or statement.lineno
        return not (
            imported.alias.asname == imported.alias.name
            or isinstance(imported.scope, ast.ClassDef)
            or any(isinstance(parent, ast.Try) for parent in imported.parents)
            or any("noqa" in self._document.line(row) for row in range(statement.lineno, last + 1))
            or self._surroundings.is_imported_from(self._document.path, imported.name)
        )

    # -- the edits

    def changes(self, gone: Collection[ImportedName]) -> tuple[Change, ...]:
        """The edits of all import statements: the wanted ones inserted, `gone` removed."""
        gone = [imported for imported in self.existing if imported in gone or self._is_superfluous(imported)]
        changes: list[Change] = []
        added: dict[int, list[str]] = defaultdict(list)
        fresh: dict[tuple[str, Function | None], list[Wanted]] = defaultdict(list)
        for wanted in self._wanted:
            target = self._mergeable(wanted)
            if target is not None:
                added[id(target)].append(wanted.name)
            else:
                fresh[wanted.module, wanted.function].append(wanted)
        removed: dict[int, list[ImportedName]] = defaultdict(list)
        for imported in gone:
            removed[id(imported.statement)].append(imported)
        emptied = [group[0].statement for group in removed.values() if len(group) == len(group[0].statement.names)]
        seen: set[int] = set()
        for imported in self.existing:
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

    def _is_superfluous(self, imported: ImportedName) -> bool:
        """Whether an import stands under `if TYPE_CHECKING:` and a new one at module level replaces it."""
        return (
            imported.for_types_only
            and isinstance(imported.scope, ast.Module)
            and any(
                wanted.function is None and imported.path == f"{wanted.module}.{wanted.name}".lstrip(".")
                for wanted in self._wanted
            )
        )

    def _suite_of(self, imported: ImportedName) -> list[ast.stmt]:
        around = imported.parents[0] if imported.parents else imported.scope
        return next(suite for suite in suites(around) if imported.statement in suite)

    def _mergeable(self, wanted: Wanted) -> ast.ImportFrom | None:
        """An import statement of the same module, in the same scope and early enough, that can take the name."""
        if not wanted.module:
            return None
        for imported in self.existing:
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

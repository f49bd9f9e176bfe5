"""A name at a place: an existing binding reused, else an import inserted; and imports left unused, removed.

A name is decided at once, since the code to write needs it; the edits of all import statements are made together at
the end, because several of them may touch one statement.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_lint.suggest import pieces, statements
from registry_lint.suggest.concrete import Enclosing
from registry_lint.suggest.document import Change, Extent, suites
from registry_lint.suggest.pieces import Piece
from registry_lint.suggest.scopes import (
    BUILTINS,
    Function,
    ImportedName,
    Names,
    Scope,
    scopes_at,
)
from registry_lint.suggest.statements import RefusedError

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
        return statement in _leading_imports(function.body)

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
            spelled = self._spelled(module) if module else names
            code = f"from {spelled} import {names}" if module else f"import {names}"
            if function is not None:
                yield self._into_function(function, code)
            else:
                before = min((wanted.before for wanted in group if wanted.before is not None), default=None)
                yield self._at_the_top(spelled, code, before, emptied)

    def _spelled(self, module: str) -> str:
        """Relative where the file imports its own package so, and only so."""
        own = self._own.split(".")
        package = own if self._document.path.endswith("__init__.py") else own[:-1]
        parts = module.split(".")
        levels = {
            bool(imported.statement.level)
            for imported in self.existing
            if isinstance(imported.statement, ast.ImportFrom) and imported.path.split(".")[0] == parts[0]
        }
        if not package or parts[0] != package[0] or levels != {True}:
            return module
        common = 0
        while common < min(len(package), len(parts)) and package[common] == parts[common]:
            common += 1
        return "." * (len(package) - common + 1) + ".".join(parts[common:])

    def _into_function(self, function: Function, code: str) -> Change:
        leading = _leading_imports(function.body)
        if leading:
            return statements.insertion_after(self._document, Enclosing(leading[-1], function.body, (function,)), code)
        first = function.body[0]
        start = self._document.extent_of(first).start
        row = self._document.row_of(start)
        if self._document.text[self._document.row_start(row) : start].strip():
            return Change(start, start, f"{code}; ")
        return statements.insertion_into(self._document, function, code)

    def _at_the_top(self, module: str, code: str, before: int | None, emptied: Collection[int]) -> Change:
        """A new line among the imports: near those of its package, behind its own kind, else behind the docstring."""
        document, body = self._document, self._document.syntax.body
        limit = len(document.text) if before is None else before
        block: list[ast.Import | ast.ImportFrom] = []
        header: ast.stmt | None = None
        for index, statement in enumerate(body):
            if document.extent_of(statement).end > limit or isinstance(
                statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            ):
                break
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                header = statement
            elif isinstance(statement, (ast.Import, ast.ImportFrom)):
                block.append(statement)
            elif index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                header = statement
        if not block:
            return self._first_import(header, code)
        kind, top = self._kind(module), module.split(".")[0]
        written = [(statement, _module_of(statement)) for statement in block]
        same = [(s, other) for s, other in written if other.split(".")[0] == top or kind == self._kind(other) == 3]
        lower = [statement for statement, other in written if self._kind(other) <= kind]
        if same:
            behind = [statement for statement, other in same if _place(other) <= _place(module)]
            anchor, after = (behind[-1], True) if behind else (same[0][0], False)
        else:
            anchor, after = (lower[-1], True) if lower else (block[0], False)
        line_end = document.line_end_at(anchor.lineno)
        alien = self._kind(_module_of(anchor)) != kind and not all(id(statement) in emptied for statement in lower)
        gap = line_end if alien else ""
        if after:
            at, unfinished = statements.line_after(document, body, anchor)
            content = line_end + gap + code if unfinished else gap + code + line_end
        else:
            at, content = document.row_start(document.row_of(document.extent_of(anchor).start)), code + line_end + gap
        if at > limit:
            raise RefusedError("the use shares its line with the imports")
        return Change(at, at, content)

    def _first_import(self, header: ast.stmt | None, code: str) -> Change:
        document, body = self._document, self._document.syntax.body
        line_end = document.line_end_at(1)
        if header is not None:
            at, unfinished = statements.line_after(document, body, header)
            if unfinished:
                return Change(at, at, line_end * 2 + code)
            row = document.row_of(at)
            rest = document.line(row) if row <= document.rows else ""
            return Change(at, at, line_end + code + line_end + (line_end if rest.strip() else ""))
        row = 1
        while row < document.rows and document.line(row).startswith("#"):
            row += 1  # the licence, the interpreter line, the coding line
        at = document.row_start(row)
        if row > 1 and not document.line(row).strip():
            return Change(at, at, line_end + code + line_end)
        return Change(at, at, (line_end if row > 1 else "") + code + line_end * 2)

    def _kind(self, module: str) -> int:
        """0 the standard library, 1 other people's, 2 the project's own, 3 relative."""
        top = module.split(".")[0]
        if not top:
            return 3
        if top in sys.stdlib_module_names:
            return 0
        return 2 if top == self._own.split(".")[0] else 1


def _place(module: str) -> tuple[int, str]:
    """Where isort puts a module among its kind: more dots first."""
    name = module.lstrip(".")
    return len(name) - len(module), name.casefold()


def _owner(scope: Scope) -> tuple[ast.stmt, ...]:
    return (scope,) if isinstance(scope, ast.stmt) else ()


def _module_of(statement: ast.Import | ast.ImportFrom) -> str:
    """The module as it is written, with its dots."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def _leading_imports(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for index, statement in enumerate(body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found.append(statement)
        elif index or not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            break
    return found


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

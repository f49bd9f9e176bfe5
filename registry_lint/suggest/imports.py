"""A name at a place: an existing binding reused, else an import inserted; and imports left unused, removed.

A name is decided at once, since the code to write needs it; the edits are made at the end (import_edits.py).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.suggest.document import Change, Extent, suites
from registry_lint.suggest.import_edits import ImportEdits, Wanted
from registry_lint.suggest.scopes import BUILTINS, ImportedName, Names, Scope, scopes_at

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Sequence

    from registry_lint.suggest.surroundings import Surroundings


class Imports:
    """The import statements of one document, and those that a suggestion adds."""

    def __init__(self, names: Names, surroundings: Surroundings) -> None:
        self._names = names
        self._document = names.document
        self._surroundings = surroundings
        self._own = surroundings.module_of(names.document.path)
        self._edits = ImportEdits(names, self._own)
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
        module = self._surroundings.said_in(document.path, module)
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
        elif function is not None and self._edits.mergeable(in_function) and not self._edits.mergeable(at_top):
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

    def changes(self, gone: Collection[ImportedName]) -> tuple[Change, ...]:
        """The edits of all import statements: the wanted ones inserted, `gone` removed."""
        return self._edits.of(self._wanted, gone)

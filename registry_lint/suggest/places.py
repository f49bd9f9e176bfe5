"""Where a new import statement goes, and how it names its module."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from registry_lint.suggest import statements
from registry_lint.suggest.concrete import Enclosing
from registry_lint.suggest.document import Change
from registry_lint.suggest.statements import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from registry_lint.suggest.scopes import Function, Names


class Places:
    """The places for new imports in one document; `own` is its dotted name, "" where it has none."""

    def __init__(self, names: Names, own: str) -> None:
        self._names = names
        self._document = names.document
        self._own = own

    def spelled(self, module: str) -> str:
        """Relative where the file imports its own package so, and only so."""
        own = self._own.split(".")
        package = own if self._document.path.endswith("__init__.py") else own[:-1]
        parts = module.split(".")
        levels = {
            bool(imported.statement.level)
            for imported in self._names.imported
            if isinstance(imported.statement, ast.ImportFrom) and imported.path.split(".")[0] == parts[0]
        }
        if not package or parts[0] != package[0] or levels != {True}:
            return module
        common = 0
        while common < min(len(package), len(parts)) and package[common] == parts[common]:
            common += 1
        return "." * (len(package) - common + 1) + ".".join(parts[common:])

    def into_function(self, function: Function, code: str) -> Change:
        leading = leading_imports(function.body)
        if leading:
            return statements.insertion_after(self._document, Enclosing(leading[-1], function.body, (function,)), code)
        first = function.body[0]
        start = self._document.extent_of(first).start
        row = self._document.row_of(start)
        if self._document.text[self._document.row_start(row) : start].strip():
            return Change(start, start, f"{code}; ")
        return statements.insertion_into(self._document, function, code)

    def at_the_top(self, module: str, code: str, before: int | None, emptied: Collection[int]) -> Change:
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
        kin = [statement for statement in lower if self._kind(_module_of(statement)) == kind]
        if same:
            behind = [statement for statement, other in same if _place(other) <= _place(module)]
            anchor, after = (behind[-1], True) if behind else (same[0][0], False)
        elif order := _order_of(kin):
            mine = order(ast.parse(code).body[0])
            behind = [statement for statement in kin if order(statement) <= mine]
            anchor, after = (behind[-1], True) if behind else (kin[0], False)
        else:
            anchor, after = (lower[-1], True) if lower else (block[0], False)
        line_end = document.line_end_at(anchor.lineno)
        vanish = bool(lower) and all(id(statement) in emptied for statement in lower)
        alien = self._kind(_module_of(anchor)) != kind and not vanish
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


def _order_of(imports: Sequence[ast.stmt]) -> Callable[[ast.stmt], tuple[int, str]] | None:
    """The order in which imports of one kind stand, as isort knows it: `import x` before `from x import y`, or all by
    their modules; None where they stand in neither."""

    def by_form(statement: ast.stmt) -> tuple[int, str]:
        return int(isinstance(statement, ast.ImportFrom)), _module_of(statement).casefold()

    def by_module(statement: ast.stmt) -> tuple[int, str]:
        return 0, _module_of(statement).casefold()

    found = [order for order in (by_form, by_module) if list(imports) == sorted(imports, key=order)]
    return found[0] if imports and found else None


def _module_of(statement: ast.stmt) -> str:
    """The module as it is written, with its dots."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    assert isinstance(statement, ast.ImportFrom)
    return "." * statement.level + (statement.module or "")


def leading_imports(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for index, statement in enumerate(body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found.append(statement)
        elif index or not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            break
    return found

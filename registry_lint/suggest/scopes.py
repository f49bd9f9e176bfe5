"""Which names a place sees: the scopes around it, what each binds, and which import statements bind what.

Only as much as a safe insertion of a name needs; the project's own name resolution knows far more, but not about text.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections import Counter, defaultdict
from functools import cached_property, lru_cache
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from registry_lint.suggest.document import Document, Extent, suites

if TYPE_CHECKING:
    from collections.abc import Iterator

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Scope: TypeAlias = ast.Module | ast.ClassDef | Function | ast.Lambda | Comprehension

_SCOPES = (
    ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_OWN_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LONGEST_ANNOTATION = 500  # characters of a text that is read as an expression
BUILTINS = frozenset(dir(builtins))


class ImportedName(NamedTuple):
    """One name that an import statement binds."""

    name: str  # the name bound here
    path: str  # what it stands for, absolute and dotted; `import a.b` binds `a` but stands for `a.b`
    statement: ast.Import | ast.ImportFrom
    alias: ast.alias
    scope: Scope
    parents: tuple[ast.stmt, ...]  # the statements between the scope and the import, innermost first

    @property
    def expression(self) -> str:
        """What to write for the thing imported: `import a.b` is used as `a.b`."""
        return self.alias.asname or self.alias.name

    @property
    def for_types_only(self) -> bool:
        """Whether the import stands in the body of `if TYPE_CHECKING:`."""
        around: ast.stmt = self.statement
        for parent in self.parents:
            if isinstance(parent, ast.If) and is_type_checking(parent.test) and around in parent.body:
                return True
            around = parent
        return False


def is_type_checking(test: ast.expr) -> bool:
    """Whether a test is `TYPE_CHECKING` or `typing.TYPE_CHECKING`."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def scopes_at(document: Document, extent: Extent) -> tuple[Scope, ...]:
    """The scopes that a name at this place is looked up in, innermost first, the module last.

    Decorators, defaults and annotations of a function belong to the scope around it; a class's scope is seen only
    from directly inside it.
    """
    chain: list[Scope] = [document.syntax]
    node: ast.AST | None = document.syntax
    while node is not None:
        node = next((child for child in _children(node) if _holds(document, child, extent)), None)
        if isinstance(node, _SCOPES):
            document.fill(node)
            inside = node.body if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) else None
            if inside is None or document.whole_extent_of(inside[0]).start <= extent.start:
                chain.insert(0, node)
    return tuple(scope for index, scope in enumerate(chain) if index == 0 or not isinstance(scope, ast.ClassDef))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Children that have a place, and the children of those that have none (comprehension clauses, arguments)."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from _children(child)


def _holds(document: Document, node: ast.AST, extent: Extent) -> bool:
    assert isinstance(node, (ast.stmt, ast.expr, ast.excepthandler, ast.alias, ast.keyword, ast.arg, ast.pattern))
    around = document.whole_extent_of(node) if isinstance(node, ast.stmt) else document.extent_of(node)
    return around.start <= extent.start and extent.end <= around.end


class Names:
    """What one document binds, imports and uses, each asked for once however many suggestions open the file."""

    def __init__(self, document: Document, module: str) -> None:
        self.document = document
        self._module = module
        self._binders: dict[int, dict[str, list[ast.AST]]] = {}

    @cached_property
    def imported(self) -> tuple[ImportedName, ...]:
        """Every import statement's names. A file that is opened only to confirm a span is never asked: 11 ms."""
        return imported_names(self.document, self._module)

    @cached_property
    def uses(self) -> Counter[str]:
        """How often each name and each dotted name is used."""
        return uses(self.document.whole)

    def binders(self, scope: Scope, name: str) -> list[ast.AST]:
        """The nodes that bind a name in a scope."""
        if id(scope) not in self._binders:
            found: dict[str, list[ast.AST]] = defaultdict(list)
            for bound, node in bound_names(scope):
                found[bound].append(node)
            self._binders[id(scope)] = dict(found)
        return self._binders[id(scope)].get(name, [])


def bound_names(scope: Scope) -> Iterator[tuple[str, ast.AST]]:
    """Every name that a scope binds, with the node that binds it."""
    if isinstance(scope, _COMPREHENSIONS):
        for generator in scope.generators:
            yield from _targets(generator.target)
        return
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        arguments = scope.args
        for argument in (
            *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg,
        ):  # fmt: skip
            if argument is not None:
                yield argument.arg, argument
    # What a function binds by `global` or `nonlocal` counts as its own too: it is taken either way.
    for part in [scope.body] if isinstance(scope, ast.Lambda) else scope.body:
        for inner in _same_scope(part):
            yield from _bindings(inner)
    if isinstance(scope, ast.Module):
        for statement in _statements(scope):
            if isinstance(statement, ast.Global):
                yield from ((name, statement) for name in statement.names)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement below a node."""
    waiting = [node]
    while waiting:
        for suite in suites(waiting.pop()):
            yield from suite
            waiting += suite


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything below it that binds in the same scope."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _COMPREHENSIONS):
            yield from (inner for inner in _below(node) if isinstance(inner, ast.NamedExpr))
        elif not isinstance(node, _OWN_SCOPES):  # walrus in a default or decorator is left aside: nobody writes it
            waiting += _parts(node)


def _below(*nodes: ast.AST) -> Iterator[ast.AST]:
    """Nodes and everything below them, as `ast.walk` gives it but in another order and a third of the time."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _parts(node)


def _parts(node: ast.AST) -> list[ast.AST]:
    """What stands directly below a node, without the marks of loads and stores."""
    parts: list[ast.AST] = []
    for value in node.__dict__.values():
        if isinstance(value, list):
            parts += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            parts.append(value)
    return parts


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name, node
        case ast.NamedExpr(target=ast.Name(id=name)):
            yield name, node
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, node
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.partition(".")[0], node
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name, node
        case ast.MatchMapping(rest=str(name)):
            yield name, node


def _targets(target: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    return ((node.id, node) for node in ast.walk(target) if isinstance(node, ast.Name))


def imported_names(document: Document, module: str) -> tuple[ImportedName, ...]:
    """Every import statement's names, in order; `module` is the document's own dotted name, for relative imports."""
    package = module if document.path.endswith(("__init__.py", "__init__.pyi")) else module.rpartition(".")[0]
    found: list[ImportedName] = []
    # Not a function that calls itself: it would hold the whole tree until a garbage collection.
    waiting: list[tuple[Iterator[ast.stmt], Scope, tuple[ast.stmt, ...]]]
    waiting = [(iter(document.syntax.body), document.syntax, ())]
    while waiting:
        suite, scope, parents = waiting[-1]
        statement = next(suite, None)
        if statement is None:
            waiting.pop()
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            found.extend(_bound_by(statement, package, scope, parents))
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            waiting.append((iter(statement.body), statement, ()))
        else:
            inner = [(iter(below), scope, (statement, *parents)) for below in suites(statement)]
            waiting.extend(reversed(inner))
    return tuple(found)


def _bound_by(
    statement: ast.Import | ast.ImportFrom, package: str, scope: Scope, parents: tuple[ast.stmt, ...]
) -> Iterator[ImportedName]:
    base = "" if isinstance(statement, ast.Import) else absolute(statement, package)
    for alias in statement.names:
        if alias.name != "*":
            name = alias.asname or alias.name.partition(".")[0]
            path = f"{base}.{alias.name}" if base else alias.name
            yield ImportedName(name, path, statement, alias, scope, parents)


def absolute(statement: ast.ImportFrom, package: str) -> str:
    """The module of a `from` import with its leading dots resolved; the dots stay where the package is not known."""
    if not statement.level:
        return statement.module or ""
    parts = package.split(".") if package else []
    if statement.level - 1 > len(parts) or not parts:
        return "." * statement.level + (statement.module or "")
    base = parts[: len(parts) - (statement.level - 1)]
    return ".".join((*base, *([statement.module] if statement.module else [])))


def uses(*nodes: ast.AST) -> Counter[str]:
    """How often each name and each dotted name (`a.b.c`, and its beginnings) is used: loads, names in string
    annotations, entries of `__all__`.

    A string counts where it reads as an expression, since that is what a quoted annotation is: too many are counted
    rather than too few, so that no import is taken for unused.
    """
    counts: Counter[str] = Counter()
    for node in _below(*nodes):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Store):
                counts[node.id] += 1
        elif isinstance(node, ast.Attribute):
            dotted = _dotted(node)
            if dotted:
                counts[dotted] += 1
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and 0 < len(node.value) < _LONGEST_ANNOTATION:
                counts.update(_names_in_text(node.value))
        elif isinstance(node, ast.Global):
            counts.update(node.names)
    return counts


def _dotted(node: ast.Attribute) -> str:
    """`a.b.c` as text; empty where it does not begin with a name."""
    parts = [node.attr]
    inner: ast.AST = node.value
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    return ".".join((inner.id, *reversed(parts))) if isinstance(inner, ast.Name) else ""


@lru_cache(maxsize=10_000)
def _names_in_text(text: str) -> tuple[str, ...]:
    if text.isidentifier() and text.isascii():
        return () if iskeyword(text) else (text,)
    if " " in text and not any(mark in text for mark in "[|("):
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expression = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(node.id for node in _below(expression) if isinstance(node, ast.Name))

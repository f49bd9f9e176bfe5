"""Annotations: what a written type says of a value, as declared values.

An annotation becomes a *shape* first (a dotted name, with arguments or without, or a union), whether it is
written as code or inside a text; the shape is then resolved by names.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    ClassValue,
    EntryOf,
    ExternalValue,
    InstanceValue,
    ItemOf,
    MemberOf,
    ModuleValue,
    NoneValue,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.files import Files
    from registry_lint.project.names import Names


class Shape(NamedTuple):
    """`name[arguments]`; a union has the name "|", what cannot be read the name ""."""

    name: str
    arguments: tuple[Shape, ...] = ()


_UNREADABLE = Shape("")

# What the outermost name of an annotation does with its arguments, by the name's last part.
_UNIONS = frozenset({"Optional", "Union", "|"})
_TRANSPARENT = frozenset(
    {"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Awaitable", "Coroutine", "TypeGuard"}
)
_COLLECTIONS = frozenset(
    {
        "List", "list", "Set", "set", "FrozenSet", "frozenset", "Sequence", "MutableSequence", "Iterable", "Iterator",
        "Collection", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator", "Deque", "deque", "AbstractSet",
        "MutableSet", "Reversible", "ValuesView",
    }
)  # fmt: skip
MAPPINGS = frozenset(
    {"Dict", "dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict", "ChainMap",
     "WeakValueDictionary", "ContextVar"}
)  # fmt: skip
_LONGEST_CHAIN = 8  # imports from one module to the next
_SAYS_NOTHING = frozenset({"Any", "object", "TypeVar", "Callable", "Literal", "Self", "Never", "NoReturn"})


class Annotations:
    """Reads annotations as declared values. Answers are memoised."""

    def __init__(self, files: Files, names: Names) -> None:
        self._files = files
        self._names = names
        self._declared: dict[tuple[str, int], tuple[Value, ...]] = {}

    def declared(self, path: str, annotation: facts.ExprId) -> tuple[Value, ...]:
        """The declared values that an annotation stands for; empty where it says nothing that is known."""
        if annotation == facts.NONE:
            return ()
        key = (path, annotation)
        known = self._declared.get(key)
        if known is None:
            self._declared[key] = ()
            home, written = self.written(path, annotation)
            scope = self._names.scope_of(home, written)
            known = tuple(dict.fromkeys(self._values(home, scope, self.shape(home, written))))
            self._declared[key] = known
        return known

    def written(self, path: str, annotation: facts.ExprId) -> tuple[str, facts.ExprId]:
        """Where an annotation is written out: `Tools = Annotated[Registry, Depends(get)]` behind the name `Tools`."""
        file = self._files.parsed(path)
        match file.expressions[annotation]:
            case facts.Name(id=name):
                return self._alias(path, name, 0) or (path, annotation)
            case facts.Attribute(base=base, name=name):
                dotted = file.dotted(base)
                scope = self._names.scope_of(path, annotation)
                for target in self._names.resolve(path, scope, dotted) if dotted else ():
                    if isinstance(target, ModuleValue):
                        return self._alias(target.path, name, 0) or (path, annotation)
        return path, annotation

    def _alias(self, path: str, name: str, depth: int) -> tuple[str, facts.ExprId] | None:
        """The annotation that a module gives a name: one of those that say no class themselves."""
        file = self._files.facts(path)
        bindings = file.scopes[0].names.get(name, ()) if file is not None else ()
        if file is None or len(bindings) != 1 or depth > _LONGEST_CHAIN:
            return None
        match file.bindings[bindings[0]]:
            case facts.ImportBinding(module=module, member=member) if member:
                target = self._names.module(self._names.absolute(path, module), path)
                return self._alias(target.path, member, depth + 1) if isinstance(target, ModuleValue) else None
            case facts.ValueBinding(expr=expr, path=()) if expr != facts.NONE:
                last = self.shape(path, expr).name.rpartition(".")[2] if _may_be_alias(file, expr) else ""
                return (path, expr) if last in _UNIONS or last == "Annotated" else None
        return None

    def shape(self, path: str, annotation: facts.ExprId) -> Shape:
        """The shape of an annotation."""
        file = self._files.parsed(path)
        match file.expressions[annotation]:
            case facts.Literal(kind="none"):
                return Shape("None")
            case facts.Literal(kind="str", value=str() as text):
                return _shape_of_text(text)
            case facts.Binary(operator="|", left=left, right=right):
                return Shape("|", (self.shape(path, left), self.shape(path, right)))
            case facts.Subscript(base=base, key=key) if key != facts.NONE:
                arguments = file.expressions[key]
                items = arguments.items if isinstance(arguments, facts.Sequence) else (key,)
                name = file.dotted(base)
                return Shape(name or "", tuple(self.shape(path, item) for item in items))
            case facts.Sequence(items=items):
                return Shape("", tuple(self.shape(path, item) for item in items))
            case facts.Name() | facts.Attribute():
                return Shape(file.dotted(annotation) or "")
        return _UNREADABLE

    def _values(self, path: str, scope: facts.ScopeId, shape: Shape, depth: int = 0) -> Iterator[Value]:
        if not shape.name or depth > 6:
            return
        last = shape.name.rpartition(".")[2]
        arguments = shape.arguments
        if last == "None":
            yield NoneValue()
        elif last in _SAYS_NOTHING:
            return
        elif last in _UNIONS:
            for argument in arguments:
                yield from self._values(path, scope, argument, depth + 1)
        elif last in _TRANSPARENT and arguments:
            chosen = arguments[-1] if last == "Coroutine" else arguments[0]
            yield from self._values(path, scope, chosen, depth + 1)
        elif last in ("Type", "type"):
            for value in self._values(path, scope, arguments[0], depth + 1) if arguments else ():
                if isinstance(value, InstanceValue):
                    yield ClassValue(value.of, declared=True)
            if not arguments:
                yield ClassValue("builtins.object", declared=True)
        elif last in _COLLECTIONS and arguments:
            for value in self._values(path, scope, arguments[0], depth + 1):
                yield MemberOf(value)
        elif last in MAPPINGS and arguments:
            for value in self._values(path, scope, arguments[-1], depth + 1):
                yield EntryOf(value)
        elif last in ("Tuple", "tuple") and arguments:
            yield from self._tuple(path, scope, arguments, depth)
        else:
            yield from self._instances(path, scope, shape.name)

    def _tuple(self, path: str, scope: facts.ScopeId, arguments: tuple[Shape, ...], depth: int) -> Iterator[Value]:
        if len(arguments) == 2 and arguments[1].name == "...":
            for value in self._values(path, scope, arguments[0], depth + 1):
                yield MemberOf(value)
            return
        for index, argument in enumerate(arguments):
            for value in self._values(path, scope, argument, depth + 1):
                yield ItemOf(index, value)

    def _instances(self, path: str, scope: facts.ScopeId, dotted: str) -> Iterator[Value]:
        for target in self._names.resolve(path, scope, dotted):
            if isinstance(target, ClassValue):
                yield InstanceValue(target.of, declared=True)
            elif isinstance(target, ExternalValue):
                last = target.dotted.rpartition(".")[2]
                if last not in _SAYS_NOTHING | _UNIONS:
                    yield InstanceValue(target.dotted, declared=True)


def _may_be_alias(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    record = file.expressions[expr]
    return isinstance(record, facts.Subscript) or (isinstance(record, facts.Binary) and record.operator == "|")


def _shape_of_text(text: str) -> Shape:
    """The shape of an annotation that stands in a text; unreadable where the text is no annotation."""
    if len(text) > 300:
        return _UNREADABLE
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _UNREADABLE
    return _shape_of_node(node)


def _shape_of_node(node: ast.expr) -> Shape:
    match node:
        case ast.Constant(value=None):
            return Shape("None")
        case ast.Constant(value=str() as text):
            return _shape_of_text(text)
        case ast.Constant(value=value) if value is ...:
            return Shape("...")
        case ast.Name(id=name):
            return Shape(name)
        case ast.Attribute(value=base, attr=name):
            below = _shape_of_node(base).name
            return Shape(f"{below}.{name}") if below else _UNREADABLE
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return Shape("|", (_shape_of_node(left), _shape_of_node(right)))
        case ast.Subscript(value=base, slice=ast.Tuple(elts=items)):
            return Shape(_shape_of_node(base).name, tuple(_shape_of_node(item) for item in items))
        case ast.Subscript(value=base, slice=item):
            return Shape(_shape_of_node(base).name, (_shape_of_node(item),))
    return _UNREADABLE

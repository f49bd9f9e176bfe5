"""The tables of registries: which attribute an expression reads, and how a table is filled several entries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.flow.attributes import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import ClassRef


_DEEPEST = 4  # names and loops between a parameter and what is stored


class Filling(NamedTuple):
    """One entry that is put into a table together with others, or if it is missing."""

    registry: ClassRef
    path: str
    table: str
    key: facts.ExprId
    value: facts.ExprId


def table_at(file: facts.FileFacts, expr: facts.ExprId) -> tuple[facts.Attribute | None, int]:
    """The attribute that an expression is, or is taken out of by keys, and by how many: 0 for `self._tools`, 1 for
    `self._tools[namespace]` and `self._tools.get(namespace, {})`. (None, 0) where it is none."""
    depth = 0
    while True:
        record = file.expressions[expr]
        if isinstance(record, facts.Attribute):
            return record, depth
        depth += 1
        if isinstance(record, facts.Subscript) and not record.sliced:
            expr = record.base
        elif (
            isinstance(record, facts.Call)
            and isinstance(func := file.expressions[record.func], facts.Attribute)
            and func.name in ("get", "setdefault")
        ):
            expr = func.base
        else:
            return None, 0


def fillings(file: facts.FileFacts, ref: ClassRef, tables: frozenset[str]) -> Iterator[Filling]:
    """`self._tools.setdefault(key, tool)`, `.update({key: tool})`, `self._tools = {key: tool for …}` in the methods
    of a class, and the display with which its body begins a table."""
    for method in ("setdefault", "update"):
        for call in file.calls.get(method, ()):
            record = file.expressions[call]
            assert isinstance(record, facts.Call)
            func = file.expressions[record.func]
            table = _own_table(file, func.base, ref, tables) if isinstance(func, facts.Attribute) else ""
            if table:
                for key, value in _put_in(file, method, record):
                    yield Filling(ref, ref.path, table, key, value)
    for store in file.attribute_stores:
        if store.name in tables and not store.path and class_of_receiver(file, store.base) == ref.id:
            for key, value in _entries(file, store.expr):
                yield Filling(ref, ref.path, store.name, key, value)
    names = file.scopes[file.classes[ref.id].scope].names
    for table in sorted(tables):
        for index in names.get(table, ()):
            binding = file.bindings[index]
            if isinstance(binding, facts.ValueBinding) and not binding.path:
                for key, value in _entries(file, binding.expr):
                    yield Filling(ref, ref.path, table, key, value)


def stores_parameter(file: facts.FileFacts, function: facts.FunctionId, index: int, table: str) -> bool:
    """Whether a method puts a parameter into a table, as it is or each of what it holds: by key, in a dict that it
    makes of it, or all at once."""
    owner = file.functions[function].class_
    if index == facts.NONE or owner == facts.NONE:
        return False
    scope = file.functions[function].scope
    stored = [
        store.expr
        for store in file.subscript_stores
        if file.blocks[store.block].scope == scope
        and isinstance(base := file.expressions[store.base], facts.Attribute)
        and base.name == table
    ]
    for call in file.calls.get("update", ()):
        if file.blocks[file.expression_blocks[call]].scope == scope:
            record = file.expressions[call]
            func = file.expressions[record.func] if isinstance(record, facts.Call) else None
            if isinstance(func, facts.Attribute) and isinstance(record, facts.Call):
                base = file.expressions[func.base]
                if isinstance(base, facts.Attribute) and base.name == table:
                    stored += [value for _, value in _put_in(file, "update", record)]
    return any(expr != facts.NONE and _is_of_parameter(file, expr, function, index, 0) for expr in stored)


def _is_of_parameter(
    file: facts.FileFacts, expr: facts.ExprId, function: facts.FunctionId, index: int, depth: int
) -> bool:
    """Whether an expression is a parameter, or one of what it holds: the target of a loop over it."""
    if depth > _DEEPEST:
        return False
    match file.expressions[expr]:
        case facts.Name(id=name) if name == file.functions[function].parameters[index].name:
            return True
        case facts.Name(bindings=bindings):
            parts = [
                binding.expr
                for each in bindings or ()
                if isinstance(binding := file.bindings[each], facts.ValueBinding) and binding.path
            ]
            return any(
                part != facts.NONE and _is_of_parameter(file, part, function, index, depth + 1) for part in parts
            )
        case facts.Choice(options=options):
            return any(_is_of_parameter(file, option, function, index, depth + 1) for option in options)
        case facts.Call(func=func):
            called = file.expressions[func]
            if isinstance(called, facts.Attribute) and called.name in ("values", "items"):
                return _is_of_parameter(file, called.base, function, index, depth + 1)
    return False


def is_parameter(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is a name that a parameter may have bound."""
    record = file.expressions[expr] if expr != facts.NONE else None
    return isinstance(record, facts.Name) and any(
        isinstance(file.bindings[index], facts.ParameterBinding) for index in record.bindings or ()
    )


def _own_table(file: facts.FileFacts, expr: facts.ExprId, ref: ClassRef, tables: frozenset[str]) -> str:
    base = file.expressions[expr]
    own = isinstance(base, facts.Attribute) and base.name in tables and class_of_receiver(file, base.base) == ref.id
    return base.name if isinstance(base, facts.Attribute) and own else ""


def _put_in(file: facts.FileFacts, method: str, call: facts.Call) -> list[tuple[facts.ExprId, facts.ExprId]]:
    """What a call of `setdefault` or `update` stores under which keys; a list that is begun is no entry."""
    arguments = [argument.value for argument in call.arguments if argument.name == ""]
    if method == "setdefault":
        return [(arguments[0], arguments[1])] if len(arguments) == 2 and is_parameter(file, arguments[1]) else []
    return _entries(file, arguments[0]) if arguments else []


def _entries(file: facts.FileFacts, expr: facts.ExprId) -> list[tuple[facts.ExprId, facts.ExprId]]:
    """The keys and values of a dict display or comprehension."""
    match file.expressions[expr] if expr != facts.NONE else None:
        case facts.Mapping(items=items):
            return [(key, value) for key, value in items if key != facts.NONE]
        case facts.Comprehension(kind="dict", key=key, value=value):
            return [(key, value)]
    return []

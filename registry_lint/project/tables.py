"""The tables of registries: which attribute an expression reads, and how a table is filled several entries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import ClassRef


ITSELF = "[]"  # the table of a registry that is a dict or a list itself
_DEEPEST = 4  # names and loops between a parameter and what is stored


# Methods by which a container is filled, but by key; the constructors of containers; a pair of key and value.
METHODS = ("setdefault", "update", "extend", "append", "appendleft", "add", "insert")
_MAKING = frozenset({"dict", "list", "tuple", "set", "frozenset", "OrderedDict", "deque", "defaultdict"})
_PAIR = 2
JOINED = (("augment", 0),)
_WHOLE = ((), JOINED)  # `table = x`, `table |= x`


class Entry(NamedTuple):
    """What is put into a table: key (NONE where none is written) and value, or a container with all that is in it."""

    key: facts.ExprId
    value: facts.ExprId
    many: bool


class Filling(NamedTuple):
    """One entry that is put into a table together with others, or if it is missing."""

    registry: ClassRef
    path: str
    table: str
    key: facts.ExprId
    value: facts.ExprId
    many: bool


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


def table_of_a_group(file: facts.FileFacts, expr: facts.ExprId, class_: facts.ClassId) -> str:
    """`_groups.tools` for `self._groups[kind].tools`, or for `group.tools` where `group` was taken out of there: a
    table in an object that a registry keeps. "" for anything else."""
    record = file.expressions[expr]
    if not isinstance(record, facts.Attribute):
        return ""
    base = file.expressions[record.base]
    group = taken_out(file, base) if isinstance(base, facts.Name) else record.base
    holder, _ = table_at(file, group) if group != facts.NONE else (None, 0)
    of_self = holder is not None and class_of_receiver(file, holder.base) == class_
    return f"{holder.name}.{record.name}" if of_self and holder is not None else ""


def taken_out(file: facts.FileFacts, name: facts.Name) -> facts.ExprId:
    """What a local name stands for, where that is an attribute or what is taken out of one (and made anew where it is
    missing: `group = self._groups.get(kind)`, `group = Group()`); NONE for anything else."""
    found = facts.NONE
    for index in flat(file, name.bindings or ()):
        binding = file.bindings[index]
        if not isinstance(binding, facts.ValueBinding) or binding.path or binding.expr == facts.NONE:
            return facts.NONE
        record = file.expressions[binding.expr]
        func = file.expressions[record.func] if isinstance(record, facts.Call) else None
        taken = isinstance(func, facts.Attribute) and func.name in ("get", "setdefault")
        if taken or isinstance(record, facts.Attribute | facts.Subscript):
            if found != facts.NONE:
                return facts.NONE  # `node = node[part]`: which of them is filled cannot be told
            found = binding.expr
        elif not isinstance(record, facts.Call | facts.Mapping | facts.Sequence | facts.Literal):
            return facts.NONE
    return found


def flat(file: facts.FileFacts, bindings: tuple[facts.BindingId, ...], depth: int = 0) -> Iterator[facts.BindingId]:
    """Bindings, with those that joins and loops stand for in their place."""
    for index in bindings:
        binding = file.bindings[index]
        if isinstance(binding, facts.MergedBinding | facts.NarrowedBinding):
            if depth < _DEEPEST:
                yield from flat(file, tuple(one for one in binding.options if one < index), depth + 1)
        else:
            yield index


def fillings(file: facts.FileFacts, ref: ClassRef, tables: frozenset[str]) -> Iterator[Filling]:
    """`self._tools.setdefault(key, tool)`, `.update(…)`, `.extend(tools)`, `self._tools |= tools`, `self._tools = {key:
    tool for …}` in the methods of a class, and the display with which its body begins a table."""
    for method in METHODS:
        for call in file.calls.get(method, ()):
            record = file.expressions[call]
            assert isinstance(record, facts.Call)
            func = file.expressions[record.func]
            table = _own_table(file, func.base, ref, tables) if isinstance(func, facts.Attribute) else ""
            if table:
                for entry in put_in(file, method, record):
                    yield Filling(ref, ref.path, table, *entry)
    for store in file.attribute_stores:
        if store.name in tables and store.path in _WHOLE and class_of_receiver(file, store.base) == ref.id:
            for entry in entries(file, store.expr):
                yield Filling(ref, ref.path, store.name, *entry)
    names = file.scopes[file.classes[ref.id].scope].names
    for table in sorted(tables):
        for index in names.get(table, ()):
            binding = file.bindings[index]
            if isinstance(binding, facts.ValueBinding) and not binding.path:
                for entry in entries(file, binding.expr):
                    yield Filling(ref, ref.path, table, *entry)


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
        if file.blocks[store.block].scope == scope and _is_called(file, store.base, table)
    ]
    for call in file.calls.get("update", ()):
        if file.blocks[file.expression_blocks[call]].scope == scope:
            record = file.expressions[call]
            func = file.expressions[record.func] if isinstance(record, facts.Call) else None
            own = isinstance(func, facts.Attribute) and _is_called(file, func.base, table)
            if own and isinstance(record, facts.Call):
                stored += [entry.value for entry in put_in(file, "update", record)]
    stored += [
        entry.value
        for store in file.attribute_stores
        if store.name == table and store.path in _WHOLE and file.blocks[store.block].scope == scope
        for entry in entries(file, store.expr)
    ]
    return any(expr != facts.NONE and _is_of_parameter(file, expr, function, index, 0) for expr in stored)


def _is_called(file: facts.FileFacts, expr: facts.ExprId, table: str) -> bool:
    """Whether an expression is an attribute of a table's name, or the object that is its own table."""
    record = file.expressions[expr]
    if table == ITSELF:
        return class_of_receiver(file, expr) != facts.NONE
    return isinstance(record, facts.Attribute) and record.name == table.rpartition(".")[2]


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
    if ITSELF in tables and class_of_receiver(file, expr) == ref.id:
        return ITSELF
    base = file.expressions[expr]
    own = isinstance(base, facts.Attribute) and base.name in tables and class_of_receiver(file, base.base) == ref.id
    return base.name if isinstance(base, facts.Attribute) and own else ""


def put_in(file: facts.FileFacts, method: str, call: facts.Call) -> list[Entry]:
    """What a call of a container's method puts into it; a list that is begun by `setdefault` is no entry."""
    arguments = [argument.value for argument in call.arguments if argument.name == ""]
    if method == "setdefault":
        is_entry = len(arguments) == 2 and isinstance(file.expressions[arguments[1]], facts.Name | facts.Attribute)
        return [Entry(arguments[0], arguments[1], False)] if is_entry else []
    if method in ("update", "extend"):
        found = [entry for argument in arguments[:1] for entry in entries(file, argument)]
        named = [argument for argument in call.arguments if argument.name not in ("", "*")]
        return [*found, *(Entry(facts.NONE, one.value, one.name == "**") for one in named)]
    return [Entry(facts.NONE, arguments[-1], False)] if arguments else []


def joined_to_names(file: facts.FileFacts) -> Iterator[tuple[facts.ExprId, list[facts.BindingId]]]:
    """What is joined to a name by `table |= {…}`, and the bindings that the name may have had before."""
    for binding in file.bindings:
        if isinstance(binding, facts.ValueBinding) and binding.path == JOINED:
            scope = file.scopes[binding.scope]
            of = file.scopes[0] if binding.name in scope.global_names else scope
            before = [index for index in of.names.get(binding.name, ()) if not _is_joined(file.bindings[index])]
            yield binding.expr, before


def _is_joined(binding: facts.Binding) -> bool:
    return isinstance(binding, facts.ValueBinding) and binding.path == JOINED


def entries(file: facts.FileFacts, expr: facts.ExprId) -> list[Entry]:
    """What an expression puts where it is stored as a table, or put into one: the keys and values of displays and
    comprehensions, and all that is in what is handed on as it is (`dict(tools)`, `tools or {}`, `**tools`)."""
    match file.expressions[expr] if expr != facts.NONE else None:
        case facts.Mapping(items=items):
            found = [Entry(key, value, False) for key, value in items if key != facts.NONE]
            unpacked = [value for key, value in items if key == facts.NONE]
            return [*found, *(entry for value in unpacked for entry in entries(file, value))]
        case facts.Comprehension(kind="dict", key=key, value=value):
            return [Entry(key, value, False)]
        case facts.Comprehension(value=value):
            pair = file.expressions[value]
            if isinstance(pair, facts.Sequence) and pair.kind == "tuple" and len(pair.items) == _PAIR:
                return [Entry(pair.items[0], pair.items[1], False)]  # `dict((key, tool) for …)`
            return [Entry(facts.NONE, value, False)]
        case facts.Choice(options=options):
            return [entry for option in options for entry in entries(file, option)]
        case facts.Binary(operator="|" | "+", left=left, right=right):
            return [*entries(file, left), *entries(file, right)]
        case facts.Call(func=func, arguments=arguments):
            called = file.expressions[func]
            if isinstance(called, facts.Name) and called.id in _MAKING:
                inner = [entry for one in arguments if one.name in ("", "**") for entry in entries(file, one.value)]
                return [*inner, *(Entry(facts.NONE, one.value, False) for one in arguments if one.name.isidentifier())]
        case facts.Name():
            return [Entry(facts.NONE, expr, True)]
    return []

"""Subscripts and dict displays: entries by literal key where the display is known, all entries otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import (
    ClassRef,
    ClassValue,
    DisplayValue,
    InstanceValue,
    Level,
    Value,
)
from registry_lint.project.flow import guards
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.keys import AttributeAt, EntriesAt, EntryAt, ReturnAt
from registry_lint.project.flow.named_tuples import fields_of_call
from registry_lint.project.flow.operations import path_operation
from registry_lint.project.flow.parts import field_at

if TYPE_CHECKING:
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.solver import Flow

FILES_ASKED = 20  # files that may store under one key into a display that was made elsewhere


def expand_subscript(flow: Flow, node: Node, key: ExprAt, subscript: facts.Subscript) -> None:
    """`base[key]`, read."""
    base = flow.node(key.path, subscript.base, key.typed)
    if subscript.sliced:
        flow.graph.flow(base, node, ("collection",))
        return
    operation = guards.operation(flow, key.path, subscript.guards)

    def arrive(value: Value, level: Level) -> None:
        match value:
            case DisplayValue():
                source = entry_node(flow, value, subscript.literal, key.typed)
                flow.graph.flow(source, node, operation, level)
            case ClassValue():
                flow.graph.seed(node, value, level)  # `Registry[Tool]` is the class
            case InstanceValue(of=ClassRef() as of):
                field = field_at(flow, of, ("item", subscript.literal)) if subscript.literal is not None else ""
                if field:
                    part = flow.graph.node(AttributeAt(of.path, of.id, field, False, key.typed))
                    flow.graph.flow(part, node, operation, level)
                for method in flow.classes.find_method(of, "__getitem__"):
                    flow.graph.flow(
                        flow.graph.node(ReturnAt(method.path, method.id, key.typed)), node, operation, level
                    )

    flow.graph.watch(base, arrive)
    flow.graph.flow(base, node, ("entry",) if subscript.literal is None else ("item", subscript.literal))


def entry_node(flow: Flow, display: DisplayValue, literal: str | int | None, typed: bool) -> Node:
    """The node of one entry of a display, or of all of them where the key is not literal."""
    if literal is None:
        return flow.graph.node(EntriesAt(display.path, display.expr, typed))
    return flow.graph.node(EntryAt(display.path, display.expr, literal, typed))


def is_namespace(flow: Flow, display: DisplayValue) -> bool:
    """Whether a display is `SimpleNamespace(name=…)` or a named tuple, whose entries are read as attributes."""
    file = flow.facts(display.path)
    record = file.expressions[display.expr]
    if not isinstance(record, facts.Call):
        return False
    if file.last_name(record.func) in ("SimpleNamespace", "Namespace", "_replace"):
        return True
    return bool(fields_of_call(flow, display.path, display.expr))


def _items(flow: Flow, path: str, display: int) -> list[tuple[str | int | None, facts.ExprId]]:
    """(literal key, value) of each entry that stands in the display itself; the key "**" for an unpacked one."""
    file = flow.facts(path)
    record = file.expressions[display]
    if isinstance(record, facts.Call):  # dict(a=1)
        named: list[tuple[str | int | None, facts.ExprId]] = []
        named += ((argument.name, argument.value) for argument in record.arguments if argument.name)
        func = file.expressions[record.func]
        if isinstance(func, facts.Attribute) and func.name == "_replace":  # the fields of another named tuple
            return [("**", func.base), *named]
        return named + _fields(flow, path, display, record)
    assert isinstance(record, facts.Mapping)
    found: list[tuple[str | int | None, facts.ExprId]] = []
    for key, value in record.items:
        if key == facts.NONE:
            found.append(("**", value))
            continue
        literal = file.expressions[key]
        known = literal.value if isinstance(literal, facts.Literal) and literal.kind in ("str", "int") else None
        found.append((known, value))
    return found


def _fields(flow: Flow, path: str, display: int, call: facts.Call) -> list[tuple[str | int | None, facts.ExprId]]:
    """The fields of a named tuple: by name what stands at a position, and by position what is passed either way."""
    names = fields_of_call(flow, path, display)
    positional = [argument.value for argument in call.arguments if argument.name == ""]
    found: list[tuple[str | int | None, facts.ExprId]] = []
    for index, (name, value) in enumerate(zip(names, positional, strict=False)):
        found += ((name, value), (index, value))
    found += ((names.index(one.name), one.value) for one in call.arguments if one.name in names)
    return found


def expand_entry(flow: Flow, node: Node, key: EntryAt) -> None:
    """One entry: what the display says under that key, and what is stored under it later."""
    items = _items(flow, key.path, key.display)
    last = max((at for at, (literal, _) in enumerate(items) if literal == key.key), default=0)
    for literal, value in items[last:]:  # `{**defaults, "tool": tool}`: what comes later replaces what came before
        if literal == key.key and literal != "**":
            note = Note(f"under the key {key.key!r}", flow.span(key.path, value))
            flow.graph.flow(flow.node(key.path, value, key.typed), node, note=note)
        elif literal == "**":
            _from_unpacked(flow, node, key, value)
    this = DisplayValue(key.path, key.display)
    for asked, path in enumerate(_paths_with_key(flow, key)):
        if asked >= FILES_ASKED:
            flow.graph.cut(f"a key that more than {FILES_ASKED:,} files use: what the others store is not seen")
            break
        _stored_later(flow, node, key, path, this)


def _paths_with_key(flow: Flow, key: EntryAt) -> list[str]:
    if key.typed or not isinstance(key.key, str) or len(key.key) < 3:
        return [key.path]
    return [key.path, *(path for path in flow.indexes.paths_storing_key(key.key) if path != key.path)]


def _from_unpacked(flow: Flow, node: Node, key: EntryAt, value: facts.ExprId) -> None:
    source = flow.node(key.path, value, key.typed)

    def arrive(found: Value, level: Level) -> None:
        if isinstance(found, DisplayValue):
            flow.graph.flow(entry_node(flow, found, key.key, key.typed), node, level=level)

    flow.graph.watch(source, arrive)
    flow.graph.flow(source, node, ("item", key.key))


def _stored_later(flow: Flow, node: Node, key: EntryAt, path: str, this: DisplayValue) -> None:
    """`d[key] = value`, `d.update(key=value)`, `d.setdefault(key, value)` where `d` turns out to be the display."""
    file = flow.files.facts(path)
    if file is None:
        return
    for store in file.subscript_stores:
        if store.literal == key.key and store.expr != facts.NONE:
            note = Note(f"stored under the key {key.key!r}", Span(path, *store.position))
            operation = path_operation(store.path)
            _when_display(flow, node, path, store.base, this, store.expr, operation, note, key.typed)
    if not isinstance(key.key, str):
        return
    for attribute in flow.indexes.attribute_stores(path, key.key) if path == key.path else ():
        if attribute.expr != facts.NONE:  # `namespace.key = value`
            note = Note(f"stored as attribute {key.key}", Span(path, *attribute.position))
            operation = path_operation(attribute.path)
            _when_display(flow, node, path, attribute.base, this, attribute.expr, operation, note, key.typed)
    for call in (*file.calls.get("update", ()), *file.calls.get("setdefault", ())):
        record = file.expressions[call]
        assert isinstance(record, facts.Call)
        func = file.expressions[record.func]
        value = _value_under(file, record, key.key)
        if isinstance(func, facts.Attribute) and value != facts.NONE:
            note = Note(f"stored under the key {key.key!r}", flow.span(path, value))
            _when_display(flow, node, path, func.base, this, value, ("same",), note, key.typed)


def _value_under(file: facts.FileFacts, call: facts.Call, key: str) -> facts.ExprId:
    """The value that an `update` or `setdefault` stores under a key; NONE where it stores none."""
    for argument in call.arguments:
        if argument.name == key:
            return argument.value
        mapping = file.expressions[argument.value]
        if argument.name == "" and isinstance(mapping, facts.Mapping):
            for literal, value in mapping.items:
                record = file.expressions[literal] if literal != facts.NONE else None
                if isinstance(record, facts.Literal) and record.value == key:
                    return value
    positional = [argument.value for argument in call.arguments if argument.name == ""]
    if len(positional) == 2:
        first = file.expressions[positional[0]]
        if isinstance(first, facts.Literal) and first.value == key:
            return positional[1]
    return facts.NONE


def _when_display(
    flow: Flow,
    node: Node,
    path: str,
    base: facts.ExprId,
    this: DisplayValue,
    value: facts.ExprId,
    operation: tuple[str | int, ...],
    note: Note,
    typed: bool,
) -> None:
    def arrive(found: Value, level: Level) -> None:
        if found == this:
            flow.graph.flow(flow.node(path, value, typed), node, operation, level, note)

    flow.graph.watch(flow.node(path, base, typed), arrive)


def _entries_of(flow: Flow, source: Node, node: Node, typed: bool) -> None:
    """`{**other}`: the entries of another display."""

    def arrive(found: Value, level: Level) -> None:
        if isinstance(found, DisplayValue):
            flow.graph.flow(entry_node(flow, found, None, typed), node, level=level)

    flow.graph.watch(source, arrive)


def expand_entries(flow: Flow, node: Node, key: EntriesAt) -> None:
    """All entries of a display, keys not told apart."""
    for literal, value in _items(flow, key.path, key.display):
        source = flow.node(key.path, value, key.typed)
        if literal == "**":
            flow.graph.flow(source, node, ("entry",))
            _entries_of(flow, source, node, key.typed)
        else:
            flow.graph.flow(source, node)
    this = DisplayValue(key.path, key.display)
    for store in flow.facts(key.path).subscript_stores:
        if store.expr != facts.NONE:
            note = Note("stored in it here", Span(key.path, *store.position))
            operation = path_operation(store.path)
            _when_display(flow, node, key.path, store.base, this, store.expr, operation, note, key.typed)

"""Dicts of modules that are registries: `TOOL_REGISTRY = {}`, and those that a `register_tool(name, tool)` fills.

What they want is read from their annotation, or from what else is put into them; where anybody calls what such a
dict holds, classes belong there.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Step
from registry_lint.project.domain import (
    AnyClass,
    ClassRef,
    ClassValue,
    DisplayValue,
    EntryOf,
    InstanceValue,
    ItemOf,
    Level,
    ModuleValue,
)
from registry_lint.project.flow.keys import EntriesAt
from registry_lint.project.flow.traces import traces
from registry_lint.project.tables import ITSELF, METHODS, Entry, entries, joined_to_names, put_in
from registry_lint.project.wants import FOR_CLASSES, UNSAID, Want

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.domain import Value
    from registry_lint.project.flow.traces import Trace
    from registry_lint.project.model import Project

_DEEPEST = 4  # names between a table and a call of what it holds
_READING = ("get", "pop", "values", "items")


class ModuleTable(NamedTuple):
    """A dict of a module, or all objects of a registry that is a dict itself."""

    path: str
    name: str
    of: ClassRef | None = None


class Put(NamedTuple):
    """Where something is put into a module's table; with `many` all that is in it."""

    path: str
    key: facts.ExprId
    value: facts.ExprId
    many: bool


class TableArrival(NamedTuple):
    """A class or an instance that reaches a module's table."""

    table: ModuleTable
    value: ClassValue | InstanceValue
    entry: Span
    steps: tuple[Step, ...]
    level: Level
    want: Want
    beside_tools: bool  # whether tools are put there, too

    @property
    def called(self) -> str:
        """The table's name, for a person."""
        return self.table.name

    @property
    def of(self) -> AnyClass:
        """The class of what arrives."""
        return self.value.of


class _Way(NamedTuple):
    put: Put
    value: ClassValue | InstanceValue
    way: Trace


class ModuleTables:
    """Answers for production code, computed once."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def arrivals(self) -> tuple[TableArrival, ...]:
        """Every class and instance that is put into a table of a module, where that says what it wants."""
        return tuple(arrival for table in self._tables for arrival in self._of(table))

    @cached_property
    def _tables(self) -> tuple[ModuleTable, ...]:
        """The tables that modules fill, at the place where each is made."""
        registries = self._project.registries
        named = ((path, name) for path, name, _ in registries.module_table_stores)
        homes = (self._project.names.home(*one) for one in (*named, *registries.module_tables))
        tables = sorted({ModuleTable(*home) for home in homes if home is not None})
        names = self._project.classes.name
        return (*tables, *(ModuleTable(ref.path, names(ref), ref) for ref in self._project.bare_registries.all))

    def _of(self, table: ModuleTable) -> Iterator[TableArrival]:
        ways = [way for put in self._puts(table) for way in self._ways(put)]
        want = self._want(table, ways)
        beside_tools = any(self._project.kinds.is_tool(one.value.of) for one in ways)
        for put, value, way in ways:
            meant = (
                want.counted
                and isinstance(value, ClassValue)
                and self._project.wants.is_key_of_a_class(put.path, put.key)
            )
            if not value.declared and not meant:
                noun = "the class is" if isinstance(value, ClassValue) else "it is"
                last = Step(self._project.span(put.path, put.value), f"{noun} put into {table.name}")
                steps = (*(step for step in way.steps if step.span != last.span), last)
                entry = self._entry(put, way, value)
                yield TableArrival(table, value, entry, steps, way.level, want, beside_tools)

    # --- what is put in ---

    def _puts(self, table: ModuleTable) -> Iterator[Put]:
        if table.of is not None:
            puts = self._project.bare_registries.puts(table.of)
            yield from (Put(path, *entry) for path, entry in puts)
            return
        for path in sorted({table.path, *self._project.files.mentioning(table.name)}):
            file = self._project.files.facts(path)
            if file is None or not self._is_known_in(path, file, table):
                continue
            for store in file.subscript_stores:
                if store.expr != facts.NONE and not store.path and self._is_table(path, file, store.base, table):
                    yield Put(path, store.key, store.expr, False)
            found: list[Entry] = []
            for method in METHODS:
                for call in file.calls.get(method, ()):
                    record = file.expressions[call]
                    func = file.expressions[record.func] if isinstance(record, facts.Call) else None
                    if isinstance(func, facts.Attribute) and self._is_table(path, file, func.base, table):
                        found += put_in(file, method, record) if isinstance(record, facts.Call) else ()
            for expr, before in joined_to_names(file):
                if before and all(self._is_bound(path, file, index, table, 0) for index in before):
                    found += entries(file, expr)
            for index in file.scopes[0].names.get(table.name, ()) if path == table.path else ():
                binding = file.bindings[index]
                if isinstance(binding, facts.ValueBinding) and not binding.path:
                    found += entries(file, binding.expr)
            yield from (Put(path, *entry) for entry in found)

    def _is_known_in(self, path: str, file: facts.FileFacts, table: ModuleTable) -> bool:
        """Whether a file makes a table, imports it under whatever name, or may read it as an attribute of a module."""
        return (
            path == table.path
            or any((isinstance(record, facts.Attribute) and record.name == table.name) for record in file.expressions)
            or any(isinstance(one, facts.ImportBinding) and one.member == table.name for one in file.bindings)
        )

    def _is_table(
        self, path: str, file: facts.FileFacts, expr: facts.ExprId, table: ModuleTable, depth: int = 0
    ) -> bool:
        """Whether an expression is a table: `TOOLS`, `startup.TOOLS`, or a local name for one of them."""
        if depth > _DEEPEST or expr == facts.NONE:
            return False
        match file.expressions[expr]:
            case facts.Attribute(base=base, name=table.name):
                dotted = file.dotted(base)
                scope = self._project.names.scope_of(path, expr)
                modules = self._project.names.resolve(path, scope, dotted) if dotted is not None else {}
                return any(isinstance(module, ModuleValue) and self._is_home(module.path, table) for module in modules)
            case facts.Name(id=name, bindings=bindings):
                known = file.scopes[0].names.get(name, ()) if bindings is None else bindings
                return bool(known) and all(self._is_bound(path, file, index, table, depth) for index in known)
        return False

    def _is_home(self, path: str, table: ModuleTable) -> bool:
        return self._project.names.home(path, table.name) == (table.path, table.name)

    def _is_bound(
        self, path: str, file: facts.FileFacts, index: facts.BindingId, table: ModuleTable, depth: int
    ) -> bool:
        match file.bindings[index]:
            case facts.ValueBinding(name=table.name, scope=0) if path == table.path:
                return True
            case facts.ValueBinding(path=(), expr=made):
                return self._is_table(path, file, made, table, depth + 1)
            case facts.MergedBinding(options=options) | facts.NarrowedBinding(options=options) if depth <= _DEEPEST:
                return all(self._is_bound(path, file, option, table, depth + 1) for option in options)
            case facts.ImportBinding(member=table.name, module=written):
                names = self._project.names
                module = names.module(names.absolute(path, written), path)
                return isinstance(module, ModuleValue) and self._is_home(module.path, table)
        return False

    def _ways(self, put: Put) -> Iterator[_Way]:
        flow = self._project.production_flow
        node = flow.solve(flow.value_node(put.path, put.value))
        for held in sorted(node.values, key=repr):
            for value in self._held(held, put.many):
                yield from (_Way(put, value, way) for way in traces(flow, node, held))

    def _held(self, held: Value, many: bool) -> Iterator[ClassValue | InstanceValue]:
        match held:
            case ClassValue() | InstanceValue() if not many:
                yield held
            case EntryOf(value=inner) | ItemOf(value=inner) if many and isinstance(inner, ClassValue | InstanceValue):
                yield inner
            case DisplayValue(path=path, expr=expr) if many:
                flow = self._project.production_flow
                values = flow.solve(flow.graph.node(EntriesAt(path, expr, typed=False))).values
                yield from sorted((one for one in values if isinstance(one, ClassValue | InstanceValue)), key=repr)

    def _entry(self, put: Put, way: Trace, value: Value) -> Span:
        """The outermost argument that brings it in, behind all parameters that ask for classes."""
        remaining = self._project.arrivals.arguments_in_question(way, value)
        return remaining[0].span if remaining else self._project.span(put.path, put.value)

    # --- what is wanted ---

    def _want(self, table: ModuleTable, ways: list[_Way]) -> Want:
        if self._calls_what_it_holds(table) or any(self._is_for_classes(one.put) for one in ways):
            return Want("classes", "")
        for path, annotation in self._annotations(table):
            declared = self._project.wants.by_annotation(path, annotation)
            if declared.what != "unsaid":
                return declared
        by_parameter = self._want_by_parameter(ways)
        if by_parameter.what != "unsaid":
            return by_parameter
        given = {(type(one.value), one.value.of) for one in ways if not one.value.declared}
        instances = sum(kind is InstanceValue for kind, _ in given)
        if instances > 2 * (len(given) - instances):
            return Want("instances", f"{instances} other things are put as instances", True)
        return UNSAID

    def _want_by_parameter(self, ways: list[_Way]) -> Want:
        """`def register(plugin: Plugin): TABLE[plugin.name] = plugin`: what all parameters that are put in say."""
        wants = {
            self._project.wants.by_annotation(path, annotation)
            for path, annotation in dict.fromkeys(self._parameter_annotations(ways))
        }
        return wants.pop() if len(wants) == 1 else UNSAID

    def _parameter_annotations(self, ways: list[_Way]) -> Iterator[tuple[str, facts.ExprId]]:
        for put, _, _ in ways:
            file = self._project.facts_of(put.path)
            record = file.expressions[put.value]
            for index in (record.bindings or ()) if isinstance(record, facts.Name) and not put.many else ():
                binding = file.bindings[index]
                if isinstance(binding, facts.ParameterBinding):
                    yield put.path, file.functions[binding.function].parameters[binding.index].annotation

    def _annotations(self, table: ModuleTable) -> list[tuple[str, facts.ExprId]]:
        if table.of is not None:
            return self._project.wants.annotations_of(table.of, ITSELF)
        file = self._project.facts_of(table.path)
        bindings = (file.bindings[index] for index in file.scopes[0].names.get(table.name, ()))
        annotated = (one.annotation for one in bindings if isinstance(one, facts.ValueBinding))
        return [(table.path, annotation) for annotation in annotated if annotation != facts.NONE]

    def _is_for_classes(self, put: Put) -> bool:
        """`def register(cls): TABLE[cls.__name__] = cls`."""
        record = self._project.facts_of(put.path).expressions[put.value]
        return isinstance(record, facts.Name) and FOR_CLASSES.fullmatch(record.id) is not None

    def _calls_what_it_holds(self, table: ModuleTable) -> bool:
        """`TABLE[name](…)`, `made = TABLE.get(name)` and then `made()`, wherever the table is known by its name."""
        if table.of is not None:
            return self._project.bare_registries.is_called(table.of)
        pattern = re.compile(re.escape(table.name.encode()))
        for path, _ in self._project.files.matching(table.name, pattern):
            file = self._project.files.facts(path)
            if file is not None and self._is_known_in(path, file, table):
                for record in file.expressions:
                    if isinstance(record, facts.Call) and self._is_read(path, file, record.func, table, 0):
                        return True
        return False

    def _is_read(self, path: str, file: facts.FileFacts, expr: facts.ExprId, table: ModuleTable, depth: int) -> bool:
        """Whether an expression is what was read out of a table, itself."""
        if depth > _DEEPEST:
            return False
        match file.expressions[expr]:
            case facts.Subscript(base=base, sliced=False):
                return self._is_table(path, file, base, table)
            case facts.Call(func=func):
                called = file.expressions[func]
                return (
                    isinstance(called, facts.Attribute)
                    and called.name in _READING
                    and self._is_table(path, file, called.base, table)
                )
            case facts.Name(bindings=bindings):
                made = [file.bindings[index] for index in bindings or ()]
                return any(
                    isinstance(one, facts.ValueBinding)
                    and one.expr != facts.NONE
                    and self._is_read(path, file, one.expr, table, depth + 1)
                    for one in made
                )
        return False

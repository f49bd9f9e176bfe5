"""Keys that tell objects apart and name none of them: `id(x)`, `hash(x)`, `repr(x)`, a counter, a timestamp.

Read from how the key is written, and not from the values that flow into it: a key is one of these only where it is
made of nothing else (`f"tool_{id(tool)}"` names nothing, `f"{tool.name}_{id(tool)}"` does).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span, Step
from registry_lint.project.domain import (
    CERTAIN,
    ClassRef,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    IdentityValue,
    InstanceValue,
    Level,
    NumberValue,
)
from registry_lint.project.flow.traces import trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

_NAMING = re.compile(r"_*(?:\w+_)?(?:name|key|kind|label|alias|slug|title)_*")
# Registries of things that have no names of their own: an identity is the right key for a connection.
_NAMELESS = re.compile(
    r"\w*(?:Connection|Session|Request|Run|Execution|Task|Job|Event|Instance|Object|Callback|Listener|Subscri|Client"
    r"|Socket|Thread|Message|Span|Lease|Future|Process|Lock|Flow|Context)\w*"
)
_TEXTUAL = frozenset(
    {"lower", "upper", "strip", "replace", "title", "format", "encode", "hex", "isoformat", "timestamp", "strftime"}
    | {"join", "split", "zfill", "total_seconds"}
)
_WRAPPERS = ("builtins.str", "builtins.int", "builtins.hex", "builtins.format", "builtins.oct", "builtins.round")
_IDENTITIES = {"builtins.id": "id()", "builtins.hash": "hash()", "builtins.repr": "repr()"}
_POSITION = "a position in a loop"
_DEEPEST = 8


class Identity(NamedTuple):
    """The expression that is no name, and what it is: "id()", "a counter" …"""

    path: str
    expr: facts.ExprId
    how: str


class IdentityKey(NamedTuple):
    """An identity that becomes a key where a name is expected."""

    source: Span
    how: str
    registry: ClassRef
    steps: tuple[Step, ...]  # the way to the registration, source first
    level: Level


class IdentityKeys:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._named_tables: dict[tuple[ClassRef, str], bool] = {}

    @cached_property
    def all(self) -> tuple[IdentityKey, ...]:
        """Every such key, one a source, sorted by place."""
        found: dict[Span, IdentityKey] = {}
        for key in (*self._at_registrations(), *self._at_stores()):
            found.setdefault(key.source, key)
        return tuple(found[span] for span in sorted(found))

    # --- where names are expected ---

    def _at_registrations(self) -> Iterator[IdentityKey]:
        project = self._project
        for registration in project.registrations.all:
            if registration.key == facts.NONE or not self._expects_name(registration):
                continue
            name = project.classes.name(registration.registry)
            becomes = Step(project.span(registration.path, registration.call), f"and becomes a key in {name}")
            for identity, steps, level in self._reaching(registration.path, registration.key):
                source = project.span(identity.path, identity.expr)
                told = (Step(source, f"{identity.how} is taken here"), *steps, becomes)
                yield IdentityKey(source, identity.how, registration.registry, told, max(level, registration.level))

    def _expects_name(self, registration: Registration) -> bool:
        parameter = self._project.function(registration.storing.function).parameters[registration.storing.key]
        return self._holds_named(registration.registry) and bool(_NAMING.fullmatch(parameter.name))

    def _holds_named(self, ref: ClassRef) -> bool:
        registry = self._project.registries.all[ref]
        return registry.named and not _NAMELESS.fullmatch(self._project.classes.name(ref))

    def _at_stores(self) -> Iterator[IdentityKey]:
        """`self._tools[id(tool)] = tool` in a registry whose table is asked by name elsewhere."""
        project = self._project
        for ref, path, store in project.registries.table_stores:
            if not self._holds_named(ref) or project.settings.is_test(path):
                continue
            table = project.facts_of(path).expressions[store.base]
            if not isinstance(table, facts.Attribute) or not self._is_asked_by_name(ref, table.name):
                continue
            becomes = Step(project.place(path, store.position), f"and becomes a key in {project.classes.name(ref)}")
            for identity in self._written(path, store.key, 0):
                source = project.span(identity.path, identity.expr)
                steps = (Step(source, f"{identity.how} is taken here"), becomes)
                yield IdentityKey(source, identity.how, ref, steps, CERTAIN)

    def _is_asked_by_name(self, ref: ClassRef, table: str) -> bool:
        key = (ref, table)
        if key not in self._named_tables:
            order = self._project.classes.order(ref)
            self._named_tables[key] = any(self._asks_by_name(b, table) for b in order if isinstance(b, ClassRef))
        return self._named_tables[key]

    def _asks_by_name(self, ref: ClassRef, table: str) -> bool:
        file = self._project.facts_of(ref.path)
        row, _, end_row, _ = file.classes[ref.id].extent
        for index, record in enumerate(file.expressions):
            if not row <= file.row(index) <= end_row:
                continue
            match record:
                case facts.Subscript(base=base, key=key) if key != facts.NONE and _reads(file, base, table):
                    if _is_named_parameter(file, key):
                        return True
                case facts.Call(func=func, arguments=[first, *_]):
                    called = file.expressions[func]
                    asked = isinstance(called, facts.Attribute) and called.name in ("get", "pop")
                    if asked and _reads(file, called.base, table) and _is_named_parameter(file, first.value):  # type: ignore[union-attr]  # an Attribute
                        return True
                case facts.Opaque(kind="compare In" | "compare NotIn", parts=[key, base]) if _reads(file, base, table):
                    if _is_named_parameter(file, key):
                        return True
        return False

    # --- what a key is made of ---

    def _reaching(self, path: str, key: facts.ExprId) -> Iterator[tuple[Identity, tuple[Step, ...], Level]]:
        for identity in self._written(path, key, 0):
            yield identity, (), CERTAIN
        flow = self._project.production_flow
        node = flow.solve(flow.value_node(path, key))
        for value in node.values:
            if not isinstance(value, IdentityValue | NumberValue):
                continue
            way = trace(flow, node, value)
            if way is None or not way.arguments:
                continue
            entry = way.arguments[0].span
            expr = self._project.expression_at(entry)
            for identity in self._written(entry.path, expr, 0) if expr != facts.NONE else ():
                yield identity, way.steps, max(way.level, node.values[value])

    def _written(self, path: str, expr: facts.ExprId, depth: int) -> Iterator[Identity]:
        """The identities that an expression may be, as it is written: each stands for the whole key in some run."""
        if expr == facts.NONE or depth > _DEEPEST:
            return
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Choice(kind="or" | "if", options=options):
                for option in options:
                    yield from self._written(path, option, depth + 1)
            case facts.Joined(parts=parts):
                yield from self._joined(path, expr, parts, depth)
            case facts.Binary(operator="+", left=left, right=right):
                yield from self._joined(path, expr, (left, right), depth)
            case facts.Name(bindings=bindings):
                for binding in bindings or ():
                    for identity in self._bound(path, file, binding, depth):
                        yield identity._replace(path=path, expr=expr) if identity.how == _POSITION else identity
            case facts.Attribute():
                if self._counts(file, expr):
                    yield Identity(path, expr, "a counter")
            case facts.Call() as call:
                yield from self._called(path, expr, call, depth)

    def _joined(self, path: str, expr: facts.ExprId, parts: tuple[int, ...], depth: int) -> Iterator[Identity]:
        """A text is no name where each of its parts is literal or no name."""
        file = self._project.facts_of(path)
        found: list[Identity] = []
        for part in parts:
            if isinstance(file.expressions[part], facts.Literal):
                continue
            identities = list(self._written(path, part, depth + 1))
            if not identities or any(identity.how == _POSITION for identity in identities):
                return  # `f"tool_{number}"` of an enumeration is a name that anybody can tell
            found.extend(identities)
        if found:
            yield Identity(path, expr, found[0].how)

    def _bound(self, path: str, file: facts.FileFacts, binding: facts.BindingId, depth: int) -> Iterator[Identity]:
        match file.bindings[binding]:
            case facts.ValueBinding(expr=expr, path=()):
                yield from self._written(path, expr, depth + 1)
            case facts.ValueBinding(expr=expr, path=(("element", 0), ("item", 0))) if self._is_call_of(
                path, expr, ("builtins.enumerate",)
            ):
                yield Identity(path, expr, _POSITION)
            case facts.ValueBinding(expr=expr, path=(("element", 0),)) if self._is_call_of(
                path, expr, ("builtins.range",)
            ):
                yield Identity(path, expr, _POSITION)
            case facts.MergedBinding(options=options) | facts.NarrowedBinding(options=options):
                for option in options:
                    if option < binding:
                        yield from self._bound(path, file, option, depth + 1)

    def _called(self, path: str, expr: facts.ExprId, call: facts.Call, depth: int) -> Iterator[Identity]:
        file = self._project.facts_of(path)
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        func = file.expressions[call.func]
        dotted = self._external(path, call.func)
        if dotted in _IDENTITIES:
            yield Identity(path, expr, _IDENTITIES[dotted])
        elif dotted in _WRAPPERS and positional:
            for identity in self._written(path, positional[0], depth + 1):
                yield identity._replace(path=path, expr=expr)
        elif dotted == "builtins.len" or (dotted == "builtins.next" and self._is_count(path, positional)):
            yield Identity(path, expr, "a counter")
        elif dotted == "builtins.getattr" and len(positional) > 2:
            yield from self._written(path, positional[2], depth + 1)
        elif dotted.startswith(("time.", "datetime.")) and dotted.rpartition(".")[2] in (
            ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "now", "utcnow")
        ):
            yield Identity(path, expr, "a timestamp")
        elif isinstance(func, facts.Attribute) and func.name in _TEXTUAL:
            for identity in self._written(path, func.base, depth + 1):
                yield identity._replace(path=path, expr=expr)
        else:
            for ref in self._functions(path, call.func):
                record = self._project.function(ref)
                if len(record.returns) == 1:
                    yield from self._written(ref.path, record.returns[0], depth + 2)

    def _external(self, path: str, func: facts.ExprId) -> str:
        """The dotted name of a third-party or built-in function; "" where it is none."""
        project = self._project
        dotted = project.names.dotted(project.facts_of(path), func)
        if dotted is None:
            return ""
        for target in project.names.resolve(path, project.names.scope_of(path, func), dotted):
            if isinstance(target, ExternalValue):
                return target.dotted
        return ""

    def _is_call_of(self, path: str, expr: facts.ExprId, names: tuple[str, ...]) -> bool:
        record = self._project.facts_of(path).expressions[expr] if expr != facts.NONE else None
        return isinstance(record, facts.Call) and self._external(path, record.func) in names

    def _is_count(self, path: str, positional: list[int]) -> bool:
        """`next(itertools.count())`, wherever the count is kept."""
        if not positional:
            return False
        values = self._project.production_flow.types(path, positional[0])
        made = self._made_by_count(path, positional[0])
        return made or any(isinstance(v, InstanceValue) and v.of == "itertools.count" for v in values)

    def _made_by_count(self, path: str, expr: facts.ExprId) -> bool:
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Attribute(name=name):
                made = [store.expr for store in file.attribute_stores if store.name == name]
                made += [b.expr for b in file.bindings if isinstance(b, facts.ValueBinding) and b.name == name]
            case facts.Name(id=name):
                made = [b.expr for b in file.bindings if isinstance(b, facts.ValueBinding) and b.name == name]
            case facts.Call():
                made = [expr]
            case _:
                return False
        return any(self._is_call_of(path, one, ("itertools.count",)) for one in made)

    def _counts(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        """An attribute that is counted up: `self._next += 1`."""
        record = file.expressions[expr]
        assert isinstance(record, facts.Attribute)
        stores = [s for s in file.attribute_stores if s.name == record.name and s.expr != facts.NONE]
        counted = [s for s in stores if s.path == (("augment", 0),)]
        literal = all(isinstance(file.expressions[s.expr], facts.Literal) for s in stores)
        return bool(counted) and literal and all(_is_whole(file.expressions[s.expr]) for s in stores)

    def _functions(self, path: str, func: facts.ExprId) -> Iterator[FunctionRef]:
        for value in self._project.production_flow.types(path, func):
            if isinstance(value, FunctionValue):
                yield value.of


def _is_whole(record: facts.Expr) -> bool:
    return isinstance(record, facts.Literal) and record.kind == "int"


def _reads(file: facts.FileFacts, base: facts.ExprId, table: str) -> bool:
    record = file.expressions[base]
    return isinstance(record, facts.Attribute) and record.name == table


def _is_named_parameter(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    record = file.expressions[expr]
    if not isinstance(record, facts.Name):
        return False
    for index in record.bindings or ():
        binding = file.bindings[index]
        if isinstance(binding, facts.ParameterBinding) and _NAMING.fullmatch(binding.name):
            return True
    return False

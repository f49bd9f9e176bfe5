"""Expressions that tell objects apart and name none: `id(x)`, `hash(x)`, `repr(x)`, a counter, a timestamp.

Read from how an expression is written, and not from the values that flow into it: a text is one of these only where it
is made of nothing else (`f"tool_{id(tool)}"` names nothing, `f"{tool.name}_{id(tool)}"` does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ExternalValue, FunctionRef, FunctionValue, InstanceValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_TEXTUAL = frozenset(
    {"lower", "upper", "strip", "replace", "title", "format", "encode", "hex", "isoformat", "timestamp", "strftime"}
    | {"join", "split", "zfill", "total_seconds"}
)
_WRAPPERS = ("builtins.str", "builtins.int", "builtins.hex", "builtins.format", "builtins.oct", "builtins.round")
_IDENTITIES = {"builtins.id": "id()", "builtins.hash": "hash()", "builtins.repr": "repr()"}
COUNTER = "a counter"  # as messages call it
_POSITION = "a position in a loop"
_DEEPEST = 8


class Identity(NamedTuple):
    """The expression that is no name, and what it is: "id()", "a counter" …"""

    path: str
    expr: facts.ExprId
    how: str


class Identities:
    """Finds them in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, path: str, expr: facts.ExprId, depth: int = 0) -> Iterator[Identity]:
        """The identities that an expression may be, as it is written: each stands for the whole key in some run."""
        if expr == facts.NONE or depth > _DEEPEST:
            return
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Choice(kind="or" | "if", options=options):
                for option in options:
                    yield from self.of(path, option, depth + 1)
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
                    yield Identity(path, expr, COUNTER)
            case facts.Call() as call:
                yield from self._called(path, expr, call, depth)

    def _joined(self, path: str, expr: facts.ExprId, parts: tuple[int, ...], depth: int) -> Iterator[Identity]:
        """A text is no name where each of its parts is literal or no name."""
        file = self._project.facts_of(path)
        found: list[Identity] = []
        for part in parts:
            if isinstance(file.expressions[part], facts.Literal):
                continue
            identities = list(self.of(path, part, depth + 1))
            if not identities or any(identity.how == _POSITION for identity in identities):
                return  # `f"tool_{number}"` of an enumeration is a name that anybody can tell
            found.extend(identities)
        if found:
            yield Identity(path, expr, found[0].how)

    def _bound(self, path: str, file: facts.FileFacts, binding: facts.BindingId, depth: int) -> Iterator[Identity]:
        match file.bindings[binding]:
            case facts.ValueBinding(expr=expr, path=()):
                yield from self.of(path, expr, depth + 1)
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
            for identity in self.of(path, positional[0], depth + 1):
                yield identity._replace(path=path, expr=expr)
        elif dotted == "builtins.len" or (dotted == "builtins.next" and self._is_count(path, positional)):
            yield Identity(path, expr, COUNTER)
        elif dotted == "builtins.getattr" and len(positional) > 2:
            yield from self.of(path, positional[2], depth + 1)
        elif dotted.startswith(("time.", "datetime.")) and dotted.rpartition(".")[2] in (
            ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "now", "utcnow")
        ):
            yield Identity(path, expr, "a timestamp")
        elif isinstance(func, facts.Attribute) and func.name in _TEXTUAL:
            for identity in self.of(path, func.base, depth + 1):
                yield identity._replace(path=path, expr=expr)
        else:
            for ref in self._functions(path, call.func):
                record = self._project.function(ref)
                if len(record.returns) == 1:
                    yield from self.of(ref.path, record.returns[0], depth + 2)

    def _external(self, path: str, func: facts.ExprId) -> str:
        """The dotted name of a third-party or built-in function; "" where it is none."""
        project = self._project
        dotted = project.facts_of(path).dotted(func)
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

"""Where goes what is read out of a place: its entries, under whichever name, in loops, callees and callers.

`for one in list(self._open.values())`, `self._open.get(key)`, `tables = self._open`, `return self._open[key]`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.lately import Lately
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_DEEPEST = 3  # calls that something is handed through
_MOST = 400  # places that one reading leads to
_FILES_AT_HAND = 60  # each holds the facts of its file, and as much again
# Methods of a container whose answers hold its entries.
_READING = frozenset({"get", "pop", "popitem", "popleft", "setdefault", "values", "items", "copy", "__getitem__"})
# Functions whose answers hold (members of) what they are given.
_HANDING_ON = frozenset(
    {"list", "tuple", "set", "dict", "sorted", "reversed", "iter", "enumerate", "next", "zip", "filter", "map", "chain"}
    | {"cast", "copy", "ref", "frozenset", "islice"}
)


class Reading(NamedTuple):
    """An expression that is what a place holds (`whole`), or something that was read out of that."""

    path: str
    expr: facts.ExprId
    whole: bool
    depth: int


class Readings:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._uses: Lately[str, _Uses] = Lately(_FILES_AT_HAND)

    def of(self, path: str, expr: facts.ExprId, *, across: bool) -> Iterator[Reading | None]:
        """Everything that an expression leads to, itself first; into other functions with `across`. A None at the end:
        it leads to too many places."""
        first = Reading(path, expr, whole=True, depth=0 if across else _DEEPEST)
        seen = {(path, expr): True}
        queue = [first]
        for reading in queue:
            yield reading
            if len(queue) > _MOST:
                yield None
                return
            for onward in self._onward(reading):
                key = (onward.path, onward.expr)
                if key not in seen or (onward.whole and not seen[key]):
                    seen[key] = onward.whole
                    queue.append(onward)

    def _onward(self, reading: Reading) -> Iterator[Reading]:
        path, expr, whole, depth = reading
        uses = self._uses.get(path)
        if uses is None:
            uses = _Uses(self._project.facts_of(path))
            self._uses.put(path, uses)
        for name, same in uses.named(expr):
            yield Reading(path, name, whole and same, depth)
        for number in uses.around.get(expr, ()):
            match uses.file.expressions[number]:
                case facts.Attribute(base=base, name=method) if base == expr and method in _READING:
                    for call in uses.around.get(number, ()):
                        yield Reading(path, call, False, depth)
                case facts.Subscript(base=base) if base == expr:
                    yield Reading(path, number, False, depth)
                case facts.Choice():
                    yield Reading(path, number, whole, depth)
                case facts.Starred() | facts.Sequence() | facts.Comprehension() | facts.Mapping():
                    yield Reading(path, number, False, depth)
                case facts.Call() as call if call.func != expr:
                    if uses.file.last_name(call.func) in _HANDING_ON:
                        yield Reading(path, number, False, depth)
                    elif depth < _DEEPEST:
                        yield from self._into(path, number, call, expr, whole, depth + 1)
                case facts.Call(func=func) if func == expr:
                    yield Reading(path, number, False, depth)  # a weak reference that is asked for its object
        if depth < _DEEPEST and expr in uses.returned:
            yield from self._out_of(path, uses.returned[expr], whole, depth + 1)

    def _into(
        self, path: str, number: facts.ExprId, call: facts.Call, expr: facts.ExprId, whole: bool, depth: int
    ) -> Iterator[Reading]:
        """The parameter of a callee that an argument becomes."""
        project = self._project
        for target in project.calls.targets(path, number):
            file = project.facts_of(target.of.path)
            function = file.functions[target.of.id]
            skipped = int(
                function.class_ != facts.NONE and decorated_as(project.production_flow, target.of) != "static"
            )
            for index, parameter in enumerate(function.parameters):
                starred = parameter.kind == "args" and any(argument.value == expr for argument in call.arguments)
                if starred or argument_for(call, function.parameters, index, skipped) == expr:
                    for name, record in enumerate(file.expressions):
                        if _is_parameter(file, record, target.of.id, index):
                            yield Reading(target.of.path, name, whole and not starred, depth)

    def _out_of(self, path: str, function: facts.FunctionId, whole: bool, depth: int) -> Iterator[Reading]:
        """The calls of a function that hands something out."""
        for edge in self._project.calls.callers(FunctionRef(path, function)):
            if edge.how != "reference":
                yield Reading(edge.path, edge.expr, whole, depth)


class _Uses:
    """What stands around each expression of a file."""

    def __init__(self, file: facts.FileFacts) -> None:
        self.file = file
        self.around: defaultdict[facts.ExprId, list[facts.ExprId]] = defaultdict(list)
        self._loads: defaultdict[facts.BindingId, list[facts.ExprId]] = defaultdict(list)
        self._outer: defaultdict[str, list[facts.ExprId]] = defaultdict(list)  # loads from inner scopes
        for number, record in enumerate(file.expressions):
            for part in _parts(record):
                self.around[part].append(number)
            if isinstance(record, facts.Name):
                for index in record.bindings or ():
                    self._loads[index].append(number)
                if record.bindings is None:
                    self._outer[record.id].append(number)
        self._bound: defaultdict[facts.ExprId, list[facts.BindingId]] = defaultdict(list)
        self._joined: defaultdict[facts.BindingId, list[facts.BindingId]] = defaultdict(list)
        for index, binding in enumerate(file.bindings):
            if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE:
                self._bound[binding.expr].append(index)
            elif isinstance(binding, facts.MergedBinding | facts.NarrowedBinding):
                for option in binding.options:
                    self._joined[option].append(index)
        self.returned = {
            expr: index
            for index, function in enumerate(file.functions)
            for expr in (*function.returns, *function.yields, *function.delegates)
        }

    def named(self, expr: facts.ExprId) -> Iterator[tuple[facts.ExprId, bool]]:
        """The loads of the names that an expression, or a part of it, is bound to; whether it's the whole of it."""
        for first in self._bound.get(expr, ()):
            binding = self.file.bindings[first]
            assert isinstance(binding, facts.ValueBinding)
            joined = [first]
            for index in joined:
                joined += [other for other in self._joined.get(index, ()) if other not in joined]
                for load in self._loads.get(index, ()):
                    yield load, not binding.path
            for load in self._outer.get(binding.name, ()):
                if self._is_inside(load, binding.scope):
                    yield load, not binding.path

    def _is_inside(self, expr: facts.ExprId, scope: facts.ScopeId) -> bool:
        """Whether an expression stands in a function that is defined where a name is bound, and does not bind it."""
        inner = self.file.blocks[self.file.expression_blocks[expr]].scope
        while inner > 0 and inner != scope:
            inner = self.file.scopes[inner].parent
        return scope > 0 and inner == scope


def _parts(record: facts.Expr) -> Iterator[facts.ExprId]:
    match record:
        case facts.Attribute(base=base) | facts.Subscript(base=base):
            yield base
        case facts.Call(func=func, arguments=arguments):
            yield func
            yield from (argument.value for argument in arguments)
        case facts.Sequence(items=items):
            yield from items
        case facts.Mapping(items=pairs):
            yield from (value for _, value in pairs)
        case facts.Starred(value=value) | facts.Comprehension(value=value):
            yield value
        case facts.Choice(options=options):
            yield from options


def _is_parameter(file: facts.FileFacts, record: facts.Expr, function: facts.FunctionId, index: int) -> bool:
    for number in (record.bindings or ()) if isinstance(record, facts.Name) else ():
        bound = file.bindings[number]
        if isinstance(bound, facts.ParameterBinding) and (bound.function, bound.index) == (function, index):
            return True
    return False

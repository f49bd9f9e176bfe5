"""Contexts: functions that serve one user, request or connection, and whether they hand it to registries.

A function has a context *at hand* where a parameter or variable of it (or of a function around it) bears a name or a
type that the contract lists. A registry is *scoped* where its constructor, or a factory of it, takes one.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import LIKELY, ClassRef, FunctionRef, InstanceValue, Level
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.per_user import PerUserAccessors
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

# Types that stand for one request or connection, by package and last name.
_TYPES = frozenset(
    {
        ("fastapi", "Request"), ("fastapi", "WebSocket"), ("starlette", "Request"), ("starlette", "WebSocket"),
        ("starlette", "HTTPConnection"), ("django", "HttpRequest"), ("rest_framework", "Request"),
        ("aiohttp", "Request"), ("aiohttp", "WebSocketResponse"), ("sanic", "Request"), ("quart", "Request"),
    }
)  # fmt: skip
# Classes of a project that are called like a context of one user or request: `UserExecutionContext`.
_CONTEXT_CLASS = re.compile(r"\w*(?:User|Request|Connection|Session|Tenant)\w*Context")
# Parameters that scope what a constructor or factory makes, beside the names that the contract lists.
_SCOPES = re.compile(
    r"(?:\w+_)?(?:scope|scope_id|scope_context|user|user_id|user_context|request_id|session_id|connection_id|tenant_id)"
    r"|tenant|(?:request|execution|session)_context"
)
# Of these, what is borne by much else, and tells no context by its name alone: `for user in users`.
_ANYTHING = re.compile(r"(?:\w+_)?(?:scope|user)")
_ACCESSOR = re.compile(r"(?:get|obtain|current|shared|default)_\w+")


class Context(NamedTuple):
    """What tells that a place serves one user, request or connection: a name that is bound there."""

    name: str
    position: facts.Position
    path: str


class Unscoped(NamedTuple):
    """A registry that is built or fetched without the scope, where a context is at hand."""

    path: str
    call: facts.ExprId
    registry: ClassRef
    callee: FunctionRef | None  # the factory that is called; None for a construction
    parameter: str  # of the constructor or factory that is not given; "" where another factory takes it
    scoped: FunctionRef | None  # the factory that takes a scope, where that is another one
    context: Context
    level: Level


class Contexts:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = frozenset(project.contracts.contexts.names)

    @cached_property
    def per_user(self) -> PerUserAccessors:
        """Accessors that promise one registry for each user."""
        return PerUserAccessors(self._project)

    # --- what is at hand ---

    def at_hand(self, path: str, expr: facts.ExprId, asked: str = "") -> Context | None:
        """The context of the function around an expression: a parameter, or a variable bound before it. `asked`: the
        name under which a scope is asked for, which tells a context, too, where something bears it."""
        names = self._names if not asked or _ANYTHING.fullmatch(asked) else self._names | {asked}
        file = self._project.facts_of(path)
        scope = file.blocks[file.expression_blocks[expr]].scope
        while scope > 0:
            record = file.scopes[scope]
            if record.kind == "function":
                for name, bindings in record.names.items():
                    found = self._context(path, file, name, bindings, file.position(expr), names)
                    if found is not None:
                        return found
                found = self._on_object(path, file, file.functions[record.owner], names)
                if found is not None:
                    return found
            scope = record.parent
        return None

    def _context(
        self,
        path: str,
        file: facts.FileFacts,
        name: str,
        bindings: tuple[int, ...],
        place: facts.Position,
        names: frozenset[str],
    ) -> Context | None:
        for index in bindings:
            binding = file.bindings[index]
            if binding.position[:2] >= place[:2] or isinstance(binding, facts.ImportBinding):
                continue
            if isinstance(binding, facts.ParameterBinding):
                parameter = file.functions[binding.function].parameters[binding.index]
                if name in names or self._is_context_type(path, parameter.annotation):
                    return Context(name, binding.position, path)
            elif isinstance(binding, facts.ValueBinding) and name in names and binding.expr != facts.NONE:
                record = file.expressions[binding.expr]
                if not isinstance(record, facts.Literal):  # `user_id = None` only makes room for one
                    return Context(name, binding.position, path)
        return None

    def _is_context_type(self, path: str, annotation: facts.ExprId) -> bool:
        types = self._project.contracts.contexts.types
        for value in self._project.annotations.declared(path, annotation):
            if isinstance(value, InstanceValue):
                dotted = self._project.classes.dotted(value.of)
                package, last = dotted.partition(".")[0], dotted.rpartition(".")[2]
                if dotted in types or (package, last) in _TYPES or _CONTEXT_CLASS.fullmatch(last):
                    return True
        return False

    def _on_object(
        self, path: str, file: facts.FileFacts, function: facts.Function, names: frozenset[str]
    ) -> Context | None:
        """`self.user_context`, where the object is made for one: a method takes the context and keeps it."""
        if function.class_ == facts.NONE:
            return None
        methods = {file.functions[one].scope for same in file.classes[function.class_].methods.values() for one in same}
        for store in file.attribute_stores:
            scope = file.blocks[store.block].scope
            base = file.expressions[store.base]
            if scope in methods and store.expr != facts.NONE and isinstance(base, facts.Name) and base.id == "self":
                found = self._kept(path, file, store.expr, names)
                if found is not None and scope != function.scope:
                    return Context(f"self.{store.name}", found.position, path)
        return None

    def _kept(self, path: str, file: facts.FileFacts, expr: facts.ExprId, names: frozenset[str]) -> Context | None:
        """The context that an expression is, or that a function (`validated(context)`) is given to hand back."""
        match file.expressions[expr]:
            case facts.Name(id=name, bindings=tuple() as bindings):
                return self._context(path, file, name, bindings, file.position(expr), names)
            case facts.Call(arguments=[first]):
                return self._kept(path, file, first.value, names)
        return None

    # --- what takes a scope ---

    def scope_parameter(self, function: FunctionRef, told: str = "") -> int:
        """The index of the parameter that scopes what a function makes; NONE where it takes none."""
        parameters = self._project.function(function).parameters
        for index, parameter in enumerate(parameters):
            if told and parameter.name == told:
                return index
        for index, parameter in enumerate(parameters):
            named = parameter.name in self._names or _SCOPES.fullmatch(parameter.name)
            if named or self._is_context_type(function.path, parameter.annotation):
                return index
        return facts.NONE

    def _lacks(self, call: facts.Call, function: FunctionRef, index: int, skipped: int) -> bool:
        """Whether a call leaves a parameter out, or says None for it; unpacked arguments may hold it."""
        if any(argument.name in ("*", "**") for argument in call.arguments):
            return False
        parameters = self._project.function(function).parameters
        return argument_for(call, parameters, index, skipped) == facts.NONE

    def _skipped(self, function: FunctionRef) -> int:
        record = self._project.function(function)
        return int(record.class_ != facts.NONE and decorated_as(self._project.production_flow, function) != "static")

    # --- registries without it ---

    @cached_property
    def unscoped(self) -> tuple[Unscoped, ...]:
        """Every registry that is built or fetched without a scope where a context is at hand; sorted."""
        found: dict[tuple[str, facts.ExprId], Unscoped] = {}
        for ref, registry in self._project.registries.all.items():
            if registry.named and not self._project.settings.is_test(ref.path):
                for one in (*self._built(ref), *self._fetched(ref)):
                    found.setdefault((one.path, one.call), one)
        return tuple(found[key] for key in sorted(found))

    def told_scope(self, ref: ClassRef) -> str:
        """The scope parameter that the registry's contract names; "" where it names none."""
        contract = self._project.registries.contract_of(ref)
        return contract.scope if contract else ""

    def _scoped_factories(self, ref: ClassRef) -> Iterator[tuple[FunctionRef, int]]:
        for factory in self._project.constructions.factories(ref):
            index = self.scope_parameter(factory, self.told_scope(ref))
            if index != facts.NONE:
                yield factory, index

    def _built(self, ref: ClassRef) -> Iterator[Unscoped]:
        project = self._project
        constructors = [
            (method, index)
            for method in project.classes.find_method(ref, "__init__")
            if (index := self.scope_parameter(method, self.told_scope(ref))) != facts.NONE
        ]
        scoped = next(self._scoped_factories(ref), None)
        if not constructors and scoped is None:
            return
        factories = project.constructions.factories(ref)
        for site in project.constructions.of(ref):
            function = project.function_of(site.path, site.expr)
            call = project.facts_of(site.path).expressions[site.expr]
            if function is None or function in factories or not isinstance(call, facts.Call):
                continue
            for constructor, index in constructors:
                name = project.function(constructor).parameters[index].name
                context = self.at_hand(site.path, site.expr, name)
                if context is not None and self._lacks(call, constructor, index, 1):
                    yield Unscoped(site.path, site.expr, ref, None, name, None, context, site.level)
            context = self.at_hand(site.path, site.expr) if not constructors else None
            if context is not None and scoped is not None and site.path != ref.path:
                yield Unscoped(site.path, site.expr, ref, None, "", scoped[0], context, site.level)

    def _fetched(self, ref: ClassRef) -> Iterator[Unscoped]:
        """Calls of factories: of a scoped one without its scope, of an unscoped one where there is a scoped one."""
        project = self._project
        scoped = dict(self._scoped_factories(ref))
        if not scoped:
            return
        for factory in dict.fromkeys((*project.constructions.factories(ref), *self._accessors_at_home(ref))):
            index = scoped.get(factory, facts.NONE)
            for edge in project.calls.callers(factory):
                if edge.how not in ("call", "name") or edge.source in project.constructions.factories(ref):
                    continue
                name = project.function(factory).parameters[index].name if index != facts.NONE else ""
                context = self.at_hand(edge.path, edge.expr, name)
                if context is None:
                    continue
                call = project.call_at(edge.path, edge.expr)
                if index == facts.NONE:
                    other = next(iter(scoped))
                    if self._hands_out_the_same(factory, other, ref):
                        yield Unscoped(edge.path, edge.expr, ref, factory, "", other, context, LIKELY)
                elif self._lacks(call, factory, index, self._skipped(factory)):
                    yield Unscoped(edge.path, edge.expr, ref, factory, name, None, context, edge.level)

    def _accessors_at_home(self, ref: ClassRef) -> Iterator[FunctionRef]:
        """Functions beside the class that hand out an instance which they did not build: that of the process."""
        for index, function in enumerate(self._project.facts_of(ref.path).functions):
            accessor = FunctionRef(ref.path, index)
            if _ACCESSOR.fullmatch(function.qualname) and self._project.constructions.hands_out(accessor, ref):
                yield accessor

    def _hands_out_the_same(self, factory: FunctionRef, other: FunctionRef, ref: ClassRef) -> bool:
        """Whether two factories live side by side, so that the one is there for what the other is not."""
        return factory.path == other.path or ref.path in (factory.path, other.path)

"""Accessors that promise one registry for each user, and whether they can keep that promise: what they are told, what
they look up, and what they hand out."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, LIKELY, ClassRef, ExternalValue, FunctionRef, InstanceValue, Level
from registry_lint.project.filled_once import slot_filled_once
from registry_lint.project.flow.attributes import decorated_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_PER_USER = re.compile(
    r"\w*(?:for|per)_(?:each_)?(?:user|request|connection|session|tenant)|\w*(?:user|request)_scoped\w*"
)
# Parameters that may tell one user from another by their names: words, since `validate` holds an "id", too.
_ANY_CONTEXT = re.compile(
    r"\w*(?:user|context|ctx|request|session|connection|websocket|tenant|scope|client|account|owner)\w*"
    r"|(?:\w+_)?(?:key|id|uid|uuid)s?(?:_\w+)?",
    re.IGNORECASE,
)
# Functions that know who is served: `current_user()`, `get_request_context()`.
_CURRENT = re.compile(
    r"_*(?:get_)?current_\w+|_*get_(?:user|request|session|tenant|connection|execution)(?:_(?:id|context|scope))?"
)
_LOCAL_TO_ONE = frozenset({"ContextVar", "local", "Local", "LocalProxy", "scoped_session"})
_BY_KEY = frozenset({"get", "setdefault", "pop", "__getitem__"})
_SAYS_NOBODY = frozenset({"builtins.bool", "builtins.float"})


class PerUserAccessors:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> dict[FunctionRef, tuple[ClassRef, Level]]:
        """The accessors that hand out one registry for each user: by contract, or by their name; sorted."""
        found: dict[FunctionRef, tuple[ClassRef, Level]] = {}
        for ref, registry in self._project.registries.all.items():
            if not registry.named or self._project.settings.is_test(ref.path):
                continue
            told = bool(self._project.contexts.told_scope(ref))
            named = {
                factory
                for dotted in (registry.contract.factories if registry.contract and told else ())
                if (factory := self._project.registries.find_function(dotted)) is not None
            }
            for factory in self._project.constructions.factories(ref):
                if factory in named:
                    found[factory] = (ref, CERTAIN)
                elif _PER_USER.fullmatch(self._project.function(factory).name):
                    found.setdefault(factory, (ref, LIKELY))
        return dict(sorted(found.items()))

    def knows_its_user(self, accessor: FunctionRef) -> bool:
        """Whether an accessor can tell one user from another: it is told, it asks, or it belongs to an object that
        was told."""
        return self._is_told(accessor) or self._asks(accessor) or self._is_of_one(accessor)

    def _is_told(self, function: FunctionRef) -> bool:
        """By the name of a parameter, or since it becomes the key or the registry's own."""
        return any(
            parameter.kind in ("args", "kwargs")
            or _ANY_CONTEXT.fullmatch(parameter.name)
            or self._tells_apart(function, index, parameter)
            for index, parameter in enumerate(self._project.function(function).parameters)
            if parameter.name not in ("self", "cls")
        )

    def _tells_apart(self, function: FunctionRef, index: int, parameter: facts.Parameter) -> bool:
        """`get_registry_for_user(who)`: looked up by it, or made of it. A switch (`verbose=False`) tells nobody."""
        file = self._project.facts_of(function.path)
        default = file.expressions[parameter.default] if parameter.default != facts.NONE else None
        if isinstance(default, facts.Literal) and default.kind in ("bool", "int"):
            return False
        declared = self._project.annotations.declared(function.path, parameter.annotation)
        if any(isinstance(value, InstanceValue) and value.of in _SAYS_NOBODY for value in declared):
            return False
        loads = {
            number
            for number, record in enumerate(file.expressions)
            for binding in ((record.bindings or ()) if isinstance(record, facts.Name) else ())
            if isinstance(bound := file.bindings[binding], facts.ParameterBinding)
            and (bound.function, bound.index) == (function.id, index)
        }
        made = {b.expr for b in file.bindings if isinstance(b, facts.ValueBinding)}
        made |= {store.expr for store in file.subscript_stores} | {store.expr for store in file.attribute_stores}
        made |= set(file.functions[function.id].returns)
        for number, record in enumerate(file.expressions if loads else ()):
            match record:
                case facts.Subscript(key=key) if key in loads:
                    return True
                case facts.Call(func=func, arguments=arguments) if any(one.value in loads for one in arguments):
                    called = file.expressions[func]
                    if number in made or (isinstance(called, facts.Attribute) and called.name in _BY_KEY):
                        return True
        return any(store.key in loads for store in file.subscript_stores)

    def _asks(self, function: FunctionRef) -> bool:
        """Whether it reads a context variable, or calls a function that knows who is served."""
        file = self._project.facts_of(function.path)
        scope = file.functions[function.id].scope
        for number, record in enumerate(file.expressions):
            if file.blocks[file.expression_blocks[number]].scope != scope:
                continue
            match record:
                case facts.Call(func=func):
                    called = file.expressions[func]
                    name = called.id if isinstance(called, facts.Name) else getattr(called, "name", "")
                    if _CURRENT.fullmatch(name):
                        return True
                case facts.Attribute(base=base) if any(self._are_local(function.path, base)):
                    return True
        return False

    def _are_local(self, path: str, base: facts.ExprId) -> Iterator[bool]:
        """Whether an object has other contents for each context or thread: `contextvars.ContextVar`, `flask.g`."""
        for value in self._project.production_flow.types(path, base):
            match value:
                case InstanceValue(of=str() as dotted):
                    yield dotted.rpartition(".")[2] in _LOCAL_TO_ONE
                case ExternalValue(dotted=dotted):
                    yield dotted in ("flask.g", "flask.request", "flask.session", "quart.g", "quart.request")

    def _is_of_one(self, function: FunctionRef) -> bool:
        """Whether a method belongs to an object that is made for one user: its constructor takes a context."""
        record = self._project.function(function)
        if record.class_ == facts.NONE or decorated_as(self._project.production_flow, function) in ("static", "class"):
            return False
        owner = ClassRef(function.path, record.class_)
        return any(self._is_told(one) for one in self._project.classes.find_method(owner, "__init__"))

    def shared(self, accessor: FunctionRef) -> str:
        """The global that an accessor hands out to everybody, whatever it is told; "" where it hands out no such."""
        file = self._project.facts_of(accessor.path)
        record = file.functions[accessor.id]
        names = {
            expr.id if isinstance(expr := file.expressions[handed], facts.Name) and expr.bindings is None else ""
            for handed in record.returns
        }
        name = names.pop() if len(names) == 1 else ""
        if not name or record.yields or name not in file.scopes[0].names:
            return ""
        kept = [file.bindings[number] for scope in file.scopes for number in self._global(scope, name, file)]
        if any(not isinstance(one, facts.ValueBinding) or one.path for one in kept):
            return ""
        made = [one for one in kept if isinstance(one, facts.ValueBinding) and one.expr != facts.NONE]
        inside = [one for one in made if one.scope != 0]
        if any(slot_filled_once(self._project, accessor.path, one.expr) is None for one in inside):
            return ""  # made anew, whenever somebody says so
        return name

    def _global(self, scope: facts.Scope, name: str, file: facts.FileFacts) -> tuple[facts.BindingId, ...]:
        """The bindings of a module's global in one scope."""
        if scope is file.scopes[0] or name in scope.global_names:
            return scope.names.get(name, ())
        return ()

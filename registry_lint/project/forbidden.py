"""Uses that a user's contract forbids: constructions, subclasses, imports and registrations of one class or function.

What a contract names is resolved: through re-exports and aliases, through the classes that derive from it, and
through variables and parameters that hold it. A text or a comment is no use.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    AnyClass,
    ClassRef,
    FunctionRef,
    Level,
    ModuleValue,
    PackageValue,
)
from registry_lint.project.forbidden_imports import imports_of
from registry_lint.project.spellings import is_meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.contracts import ForbidContract
    from registry_lint.findings import Span
    from registry_lint.project.model import Project

_SITES = 4_000  # calls of one name that are looked at


class Target(NamedTuple):
    """What a contract names, and what is used in its stead: a class with those that derive from it."""

    dotted: str
    classes: frozenset[AnyClass]
    function: FunctionRef | None
    module: bool
    chosen: AnyClass | None  # the class itself


class ForbiddenUse(NamedTuple):
    """A use. `how`: construct, call, subclass, import, register, register-in (the registry that a contract names)."""

    span: Span
    contract: ForbidContract
    how: str
    name: str  # what is used, as a person would call it
    through: str  # the class that it derives from, or derives through; "" where there is none between
    level: Level
    expr: facts.ExprId = facts.NONE  # of a construction or a call

    @property
    def is_call(self) -> bool:
        """Whether a call is written there, not only a class that somebody else will call."""
        return self.expr != facts.NONE


class Forbidden:
    """All uses, in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[ForbiddenUse, ...]:
        """Every forbidden use that stands outside of where it is allowed, sorted by place."""
        found: dict[tuple[object, ...], ForbiddenUse] = {}
        for contract in self._project.contracts.forbid:
            target = self.target(contract.path)
            for use in self._uses(contract, target):
                if not self._project.settings.is_test(use.span.path) and not self._is_excepted(use):
                    found.setdefault((use.span, contract), use)
        return tuple(sorted(found.values(), key=lambda use: (use.span, use.contract.kind, use.contract.path)))

    def target(self, dotted: str) -> Target:
        """What a path means: a class, a function, a module, of this project or of a third party."""
        project = self._project
        ref = project.registries.find_class(dotted)
        if ref is not None:
            return Target(dotted, frozenset({ref, *project.classes.subclasses(ref)}), None, False, ref)
        function = project.registries.find_function(dotted)
        if function is not None:
            return Target(dotted, frozenset(), function, False, None)
        if isinstance(project.names.module(dotted), ModuleValue | PackageValue):
            return Target(dotted, frozenset(), None, True, None)
        return Target(dotted, frozenset({dotted, *self._deriving(dotted)}), None, False, dotted)

    def _deriving(self, dotted: str) -> Iterator[ClassRef]:
        """The classes of the project that derive from a third-party one."""
        project = self._project
        spelled = project.spellings.names(dotted)
        for path in sorted({path for name in spelled for path in project.files.deriving(name)}):
            file = project.files.facts(path)
            for index, record in enumerate(file.classes if file else ()):
                ref = ClassRef(path, index)
                if record.bases and dotted in project.classes.bases(ref):
                    yield ref
                    yield from project.classes.subclasses(ref)

    def _is_excepted(self, use: ForbiddenUse) -> bool:
        module = self._project.names.module_of(use.span.path)
        place = f"{module}.{self._project.symbol_at(use.span)}".rstrip(".").replace(".<locals>", "")
        return any(f"{place}.".startswith(f"{allowed}.") for allowed in use.contract.except_in)

    def _uses(self, contract: ForbidContract, target: Target) -> Iterator[ForbiddenUse]:
        match contract.kind:
            case "construct":
                return self._constructions(contract, target)
            case "subclass":
                return self._subclasses(contract, target)
            case "register":
                return self._registrations(contract, target)
        return (
            ForbiddenUse(span, contract, "import", _last(target.dotted), "", CERTAIN)
            for span in imports_of(self._project, target.dotted, target.module)
        )

    def _use(
        self,
        contract: ForbidContract,
        target: Target,
        how: str,
        span: Span,
        used: AnyClass | None,
        level: Level,
        expr: facts.ExprId = facts.NONE,
    ) -> ForbiddenUse:
        name = self._project.classes.name(used) if used is not None else _last(target.dotted)
        through = "" if used is None or used == target.chosen else _last(target.dotted)
        return ForbiddenUse(span, contract, how, name, through, level, expr)

    def replacement(self, use: ForbiddenUse) -> tuple[str, str] | None:
        """Module and name of what a contract wants to be called instead, where it can be called without arguments.

        None where it is no function or class of the project, or where the call passes arguments that would be lost.
        """
        project = self._project
        wanted = use.contract.replacement.removesuffix("()")
        if project.call_at(use.span.path, use.expr).arguments:
            return None
        function = project.registries.find_function(wanted)
        if function is not None:
            record = project.function(function)
            if record.class_ != facts.NONE or project.required_parameters(function):
                return None
            return project.names.module_of(function.path), record.name
        ref = project.registries.find_class(wanted) if "." in wanted else None
        if ref is None or not project.kinds.can_be_built_without_arguments(ref):
            return None
        return project.names.module_of(ref.path), project.classes.name(ref)

    # --- constructions, and calls of functions ---

    def _constructions(self, contract: ForbidContract, target: Target) -> Iterator[ForbiddenUse]:
        project = self._project
        for used in sorted(target.classes, key=str):
            name = project.classes.name(used)
            how = "construct" if name[:1].isupper() or isinstance(used, ClassRef) else "call"
            if isinstance(used, ClassRef):
                for site in project.constructions.of(used):
                    expr = site.expr if site.how == "call" else facts.NONE
                    span = project.span(site.path, site.expr)
                    yield self._use(contract, target, how, span, used, site.level, expr)
            for path, call, level in self._calls_of((*project.spellings.names(used), "__new__"), used):
                yield self._use(contract, target, how, project.span(path, call), used, level, call)
            for path, call, level in project.spellings.calls_through_values(used):
                yield self._use(contract, target, how, project.span(path, call), used, level, call)
        if target.function is not None:
            for path, call, level in self._calls_of(project.spellings.names(target.function), target.function):
                yield self._use(contract, target, "call", project.span(path, call), None, level, call)

    def _calls_of(
        self, spelled: tuple[str, ...], of: AnyClass | FunctionRef
    ) -> Iterator[tuple[str, facts.ExprId, Level]]:
        """Calls by name whose callee is the class (`C.__new__(C)` included) or the function."""
        project = self._project
        flow = project.production_flow
        for name in spelled:
            for site in flow.indexes.call_sites(name, _SITES) or ():
                call = project.call_at(site.path, site.call)
                callee = call.func
                if name == "__new__":
                    if not call.arguments or not isinstance(of, ClassRef) or site.path == of.path:
                        continue
                    callee = call.arguments[0].value
                for value, level in flow.types(site.path, callee).items():
                    if is_meant(value, of):
                        yield site.path, site.call, level

    # --- subclasses ---

    def _subclasses(self, contract: ForbidContract, target: Target) -> Iterator[ForbiddenUse]:
        project = self._project
        for ref in target.classes:
            if not isinstance(ref, ClassRef) or ref == target.chosen:
                continue
            file = project.facts_of(ref.path)
            record = file.classes[ref.id]
            direct = [expr for expr in record.bases if self._is_base(ref.path, expr, target)]
            if direct:
                span = file.span(ref.path, direct[0])
                yield ForbiddenUse(span, contract, "subclass", record.name, "", CERTAIN)
            else:
                between = next(base for base in project.classes.bases(ref) if base in target.classes)
                place = project.place(ref.path, record.position)
                through = project.classes.name(between)
                yield ForbiddenUse(place, contract, "subclass", record.name, through, CERTAIN)

    def _is_base(self, path: str, expr: facts.ExprId, target: Target) -> bool:
        names = self._project.names
        dotted = self._project.facts_of(path).dotted(expr)
        if dotted is None or target.chosen is None:
            return False
        found = names.resolve(path, names.scope_of(path, expr), dotted)
        return any(is_meant(value, target.chosen) for value in found)

    # --- registrations ---

    def _registrations(self, contract: ForbidContract, target: Target) -> Iterator[ForbiddenUse]:
        """What is registered under the contract's name, or in it where it is a registry itself."""
        project = self._project
        for arrival in project.arrivals.values:
            used = arrival.of if arrival.of in target.classes else None
            if used is not None and not arrival.value.declared:
                registration = arrival.registration
                span = project.span(registration.path, registration.value)
                yield self._use(contract, target, "register", span, used, arrival.level)
        for registration in project.registrations.all:
            call = project.span(registration.path, registration.call)
            if registration.registry in target.classes:
                used = registration.registry
                yield self._use(contract, target, "register-in", call, used, registration.level)
            elif registration.storing.by_decorator and self._decorates(registration.path, registration.call, target):
                yield self._use(contract, target, "register", call, None, registration.level)
            elif target.function is not None and registration.value != facts.NONE:
                values = project.production_flow.values(registration.path, registration.value)
                level = next((values[value] for value in values if is_meant(value, target.function)), None)
                if level is not None:
                    span = project.span(registration.path, registration.value)
                    yield self._use(contract, target, "register", span, None, max(level, registration.level))

    def _decorates(self, path: str, call: facts.ExprId, target: Target) -> bool:
        file = self._project.facts_of(path)
        return any(
            call in record.decorators and ClassRef(path, index) in target.classes
            for index, record in enumerate(file.classes)
        ) or any(
            call in function.decorators and FunctionRef(path, index) == target.function
            for index, function in enumerate(file.functions)
        )


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]

"""What a call calls: the functions of the project that run, or that the callee is known and third-party."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
    ModuleValue,
    NoneValue,
    SuperValue,
    UnknownValue,
)
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.overriding import CONSTRUCTORS, PROTOCOLS, Target
from registry_lint.project.signatures import fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry_lint.project.domain import AnyClass, Value
    from registry_lint.project.model import Project
    from registry_lint.project.operators import Use

_WORTH_A_GUESS = re.compile(r"_*[a-z0-9]+_\w+")  # two words at least: `create_for_user`, not `run`
_STAND_INS = {"__str__": "__repr__", "__format__": "__str__", "__bool__": "__len__", "__contains__": "__iter__"}


class Resolution(NamedTuple):
    """What is known of one call. `known` is true as well where the callee is third-party, or a class without code."""

    targets: tuple[Target, ...]
    known: bool


class Callees:
    """Resolves calls and references in production code. All answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._resolutions: dict[tuple[str, facts.ExprId], Resolution] = {}
        self._only: dict[str, FunctionRef | None] = {}
        self._read: dict[tuple[str, facts.ExprId, str], tuple[tuple[FunctionRef, Level], ...]] = {}
        self._run_by_use: dict[tuple[str, facts.ExprId, str], tuple[tuple[FunctionRef, Level], ...]] = {}

    def of(self, path: str, call: facts.ExprId) -> Resolution:
        """What a call calls."""
        key = (path, call)
        known = self._resolutions.get(key)
        if known is None:
            known = self._resolutions[key] = self._resolve(path, self._project.call_at(path, call))
        return known

    def _resolve(self, path: str, call: facts.Call) -> Resolution:
        file = self._project.facts_of(path)
        func = file.expressions[call.func]
        if isinstance(func, facts.Name) and func.id == "super" and func.bindings is None:
            return Resolution((), known=True)
        values = self._callee_values(path, call.func)
        receivers = self.receivers(path, func.base) if isinstance(func, facts.Attribute) else ()
        targets: dict[Target, None] = {}
        known = False
        for value, level in values.items():
            match value:
                case FunctionValue(of=of, bound=bound, given=given):
                    if level == CERTAIN or self._fits(call, of, bound + given):
                        targets[Target(of, "call", level, receivers)] = None
                case ClassValue(of=ClassRef() as of):
                    known = True
                    for constructor in self.constructors(of):
                        targets[Target(constructor, "construct", level)] = None
                case InstanceValue(of=ClassRef() as of, declared=declared):
                    for method in self._project.classes.find_method(of, "__call__"):
                        targets[Target(method, "call", level, (of,) if declared else ())] = None
                case UnknownValue() | NoneValue():
                    pass
                case _:
                    known = True
        if not targets and not known and isinstance(func, facts.Attribute):
            targets.update(dict.fromkeys(self._by_name(path, func)))
            known = not targets and self._receiver_is_foreign(path, func)
        return Resolution(tuple(sorted(targets)), known or bool(targets))

    def _fits(self, call: facts.Call, function: FunctionRef, filled: int) -> bool:
        """Whether a call can be one of a function; a decorator may have changed what it takes."""
        record = self._project.function(function)
        return bool(record.decorators) or fits(call, record.parameters, filled)

    def _callee_values(self, path: str, func: facts.ExprId) -> Mapping[Value, Level]:
        """What a callee is; where an annotation only says that it can be called, what arrives there, too."""
        flow = self._project.production_flow
        values = flow.types(path, func)
        if not any(isinstance(value, InstanceValue) and self._is_callable_protocol(value.of) for value in values):
            return values
        return {**values, **{value: level for value, level in flow.values(path, func).items() if value not in values}}

    def _is_callable_protocol(self, of: AnyClass) -> bool:
        classes = self._project.classes
        return (
            isinstance(of, ClassRef)
            and "__call__" in classes.record(of).methods
            and bool(PROTOCOLS.intersection(classes.bases(of)))
        )

    def constructors(self, of: ClassRef) -> Iterator[FunctionRef]:
        """The methods of the project that run when an instance of a class is made."""
        for name in CONSTRUCTORS:
            yield from self._project.classes.find_method(of, name)

    def receivers(self, path: str, base: facts.ExprId) -> tuple[ClassRef, ...]:
        """The classes of an object whose own class may be a subclass of them: `self`, a declared type."""
        record = self._project.facts_of(path).expressions[base]
        own = isinstance(record, facts.Name) and record.id in ("self", "cls")
        return tuple(
            sorted(
                {
                    value.of
                    for value in self._project.production_flow.types(path, base)
                    if isinstance(value, InstanceValue | ClassValue)
                    and isinstance(value.of, ClassRef)
                    and (own or value.declared)
                }
            )
        )

    def _receiver_is_foreign(self, path: str, func: facts.Attribute) -> bool:
        """Whether a method is called on something that is known, and is no object of the project's own classes."""
        values = self._project.production_flow.types(path, func.base)
        told = [value for value in values if not isinstance(value, UnknownValue | NoneValue)]
        return bool(told) and not any(
            isinstance(value, ModuleValue | SuperValue)
            or (
                isinstance(value, InstanceValue | ClassValue)
                and isinstance(value.of, ClassRef)
                and not self._has_foreign_base(value.of)
            )
            for value in told
        )

    def _has_foreign_base(self, of: ClassRef) -> bool:
        return not self._project.classes.fully_known(of)

    # --- by name alone ---

    def _by_name(self, path: str, func: facts.Attribute) -> Iterator[Target]:
        """`x.create_for_user()` on something unknown, where production code has one method of that name."""
        if not _WORTH_A_GUESS.fullmatch(func.name):
            return
        values = self._project.production_flow.types(path, func.base)
        if all(isinstance(value, UnknownValue | NoneValue) for value in values):
            only = self._only_method(func.name)
            if only is not None:
                yield Target(only, "name", LIKELY)

    def _only_method(self, name: str) -> FunctionRef | None:
        if name not in self._only:
            self._only[name] = self._find_only_method(name)
        return self._only[name]

    def _find_only_method(self, name: str) -> FunctionRef | None:
        header = re.compile(rb"def\s+" + re.escape(name.encode()) + rb"\s*\(")
        holding = [
            (path, count)
            for path, count in self._project.files.matching(name, header)
            if not self._project.settings.is_test(path)
        ]
        if len(holding) != 1 or holding[0][1] != 1:
            return None
        file = self._project.files.facts(holding[0][0])
        for index, function in enumerate(file.functions if file else ()):
            if function.name == name and function.class_ != facts.NONE:
                return FunctionRef(holding[0][0], index)
        return None

    # --- references ---

    def functions(self, path: str, expr: facts.ExprId) -> tuple[tuple[FunctionRef, Level], ...]:
        """The functions of the project that an expression stands for, when it is not called."""
        return tuple(
            (value.of, level)
            for value, level in self._project.production_flow.types(path, expr).items()
            if isinstance(value, FunctionValue)
        )

    def properties(self, path: str, load: facts.Attribute) -> tuple[tuple[FunctionRef, Level], ...]:
        """The properties of the project whose code runs when an attribute is read: those of the object's class, and
        those of its subclasses, which are likely."""
        known = self._read.get((path, load.base, load.name))
        if known is not None:
            return known
        found: dict[FunctionRef, Level] = {}
        receivers = self.receivers(path, load.base)
        for value, level in self._project.production_flow.types(path, load.base).items():
            if isinstance(value, InstanceValue) and isinstance(value.of, ClassRef):
                for method in self._properties(value.of, load.name):
                    found[method] = min(level, found.get(method, level))
        for receiver in receivers:
            for subclass in self._project.classes.subclasses(receiver):
                if not self._project.settings.is_test(subclass.path):
                    for method in self._properties(subclass, load.name):
                        found.setdefault(method, LIKELY)
        known = self._read[path, load.base, load.name] = tuple(found.items())
        return known

    def _properties(self, of: ClassRef, name: str) -> Iterator[FunctionRef]:
        for method in self._project.classes.find_method(of, name):
            if decorated_as(self._project.production_flow, method) == "property":
                yield method

    def special(self, path: str, use: Use) -> tuple[tuple[FunctionRef, Level], ...]:
        """The special methods that run where an object is used: those of its class; likely those of subclasses."""
        known = self._run_by_use.get((path, use.object, use.method))
        if known is not None:
            return known
        flow = self._project.production_flow
        found: dict[FunctionRef, Level] = {}
        for value, level in flow.types(path, use.object).items():
            if isinstance(value, InstanceValue) and isinstance(value.of, ClassRef):
                for method in self._special(value.of, use.method):
                    found[method] = min(level, found.get(method, level))
        for receiver in self.receivers(path, use.object) if found else ():
            for subclass in self._project.classes.subclasses(receiver):
                if not self._project.settings.is_test(subclass.path):
                    for method in self._special(subclass, use.method):
                        found.setdefault(method, LIKELY)
        known = self._run_by_use[path, use.object, use.method] = tuple(found.items())
        return known

    def _special(self, of: ClassRef, name: str) -> tuple[FunctionRef, ...]:
        """A special method of a class, or what stands in for it: `__repr__` for `str()`, `__len__` for `bool()`."""
        found = self._project.classes.find_method(of, name)
        if not found and name in _STAND_INS:
            return self._project.classes.find_method(of, _STAND_INS[name])
        return found

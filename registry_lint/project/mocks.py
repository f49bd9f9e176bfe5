"""Mocks without a specification that stand in for registries, trackers and canonical classes, in tests.

What a mock stands in for is told by what it fills: a parameter or variable with an annotation, the target of a patch
(both are resolved), else a variable, attribute, argument or fixture that is called like the class.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
)
from registry_lint.project.flow.keys import AttributeAt
from registry_lint.project.storing import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

MOCKS = ("Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock")
_PACKAGES = ("unittest.mock.", "mock.", "mock.mock.", "asyncmock.")
_SPECIFIED = frozenset({"spec", "spec_set", "autospec", "wraps", "new", "new_callable", "**", "*"})
_PATCHES = ("patch", "object", "setattr")
_PREFIXES = re.compile(r"^(?:_|mock(?:ed)?_|fake_|stub(?:bed)?_|dummy_|test_|new_|my_|the_|get_)+")
_SUFFIXES = re.compile(r"(?:_mock|_fake|_stub|_double|_instance|_\d+|\d+)+$")


class PermissiveMock(NamedTuple):
    """A mock that accepts everything. `by`: what it fills, in words."""

    span: Span  # the call that makes it
    made: str  # "MagicMock", "patch"
    of: ClassRef
    by: str
    level: Level


class _Filled(NamedTuple):
    of: ClassRef
    by: str
    level: Level


class Mocks:
    """All of them, in tests."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[PermissiveMock, ...]:
        """Every mock without a specification that fills the place of a contract class, sorted by place."""
        if not self.classes:
            return ()
        return tuple(
            mock for path in self._paths() for mock in sorted(_File(self._project, self, path).mocks())
        )

    @cached_property
    def classes(self) -> dict[str, tuple[ClassRef, ...]]:
        """The classes that a contract speaks of, or that are inferred to be registries or trackers, by name."""
        project = self._project
        registries = (ref for ref, registry in project.registries.all.items() if registry.named)
        found: dict[str, tuple[ClassRef, ...]] = {}
        for ref in sorted({*registries, *project.trackers.all, *project.homes.canonical}):
            if not project.settings.is_test(ref.path):
                name = project.classes.name(ref)
                found[name] = (*found.get(name, ()), ref)
        return found

    @cached_property
    def named(self) -> dict[str, tuple[ClassRef, ...]]:
        """The same by the name that a variable would have: `tool_registry`."""
        return {_snake(name): refs for name, refs in self.classes.items()}

    @cached_property
    def roles(self) -> frozenset[str]:
        """The last words of their names: `registry`."""
        return frozenset(name.rpartition("_")[2] for name in self.named)

    def _paths(self) -> list[str]:
        """The tests that make a mock, and hold a name that can tell what it stands for."""
        sieve = self._project.files.test_sieve
        making = {path for name in (*MOCKS, "patch") for path in sieve.mentioning(name)}
        wanted = {path for role in self.roles for path in sieve.containing(role)}
        wanted |= {path for name in {*self.classes, *self._consumers} for path in sieve.mentioning(name)}
        likely = self._likely
        return sorted(path for path in making & wanted if likely.search(self._project.files.read(path)))

    @cached_property
    def _likely(self) -> re.Pattern[bytes]:
        """What the bytes of a file look like where a mock may fill the place of such an object.

        Of the tests that make mocks and mention such a class, a third has it; the others need no parsing.
        """
        classes, roles, consumers = (
            b"|".join(re.escape(name.encode()) for name in sorted(names))
            for names in (self.classes, self.roles, self._consumers | {"="})
        )
        return re.compile(
            rb"\w*(?:" + roles + rb")\w*\s*(?::[^=\n]+)?=\s*(?:\w+\.)*\w*Mock\("  # a variable, attribute, argument
            rb"|def\s+(?!test)\w*(?:" + roles + rb")\w*\s*\("  # a fixture
            rb"|(?:patch|setattr)[\w.]*\([^)]*\b(?:" + classes + rb")\b"
            rb"|:[^=\n]*\b(?:" + classes + rb")\b[^=\n]*=\s*(?:\w+\.)*\w*Mock\("
            rb"|\b(?:" + consumers + rb")\("
        )

    @cached_property
    def _consumers(self) -> set[str]:
        """The names of functions and classes of production code that take such an object as a parameter."""
        project = self._project
        found: set[str] = set()
        for name in self.classes:
            annotated = re.compile(rb":\s*[^\n=,)]*\b" + re.escape(name.encode()) + rb"\b")
            for path, _ in project.files.matching(name, annotated):
                file = project.files.facts(path)
                for index, function in enumerate(file.functions if file else ()):
                    if any(self.declared(path, parameter) for parameter in function.parameters):
                        owner = project.classes.owner(FunctionRef(path, index))
                        constructor = function.name == "__init__" and owner is not None
                        found.add(project.classes.name(owner) if constructor and owner else function.name)
        return found - {"__init__", "<lambda>"}

    def plain(self, name: str) -> str:
        """A name without what says that it holds a mock or is an accessor: `tool_registry` of `get_tool_registry`."""
        return _plain(name)

    def declared(self, path: str, parameter: facts.Parameter) -> ClassRef | None:
        """The contract class that a parameter's annotation names."""
        return self.annotated(path, parameter.annotation)

    def annotated(self, path: str, annotation: facts.ExprId) -> ClassRef | None:
        """The contract class that an annotation names."""
        for value in self._project.annotations.declared(path, annotation):
            of = value.of if isinstance(value, InstanceValue) else None
            if isinstance(of, ClassRef) and of in self.classes.get(self._project.classes.name(of), ()):
                return of
        return None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.lstrip("_")).lower()


def _plain(name: str) -> str:
    """A variable's name without what says that it holds a mock: `tool_registry` of `mock_tool_registry_2`."""
    return _SUFFIXES.sub("", _PREFIXES.sub("", _snake(name)))


class _File:
    """The mocks of one test file."""

    def __init__(self, project: Project, mocks: Mocks, path: str) -> None:
        self._project = project
        self._mocks = mocks
        self._path = path
        self._file = project.files.facts(path)

    def mocks(self) -> Iterator[PermissiveMock]:
        """One for each call that makes one."""
        if self._file is None:
            return
        for name in MOCKS:
            for call in self._file.calls.get(name, ()):
                if self._is_permissive(call, name):
                    filled = self._filled(call)
                    if filled is not None:
                        span = self._file.span(self._path, call)
                        yield PermissiveMock(span, name, filled.of, filled.by, filled.level)
        for call in self._file.calls.get("patch", ()):
            of = self._patched(call)
            if of is not None and not self._has(call, _SPECIFIED | {"return_value", "side_effect"}, most=1):
                span = self._file.span(self._path, call)
                yield PermissiveMock(span, "patch", of, "the target of the patch", CERTAIN)

    # --- what makes a mock ---

    def _call(self, call: facts.ExprId) -> facts.Call:
        assert self._file is not None
        record = self._file.expressions[call]
        assert isinstance(record, facts.Call)
        return record

    def _has(self, call: facts.ExprId, keywords: frozenset[str], most: int) -> bool:
        """Whether a call has one of these keywords, or more than `most` arguments by position."""
        arguments = self._call(call).arguments
        return any(one.name in keywords for one in arguments) or sum(not one.name for one in arguments) > most

    def _is_permissive(self, call: facts.ExprId, name: str) -> bool:
        assert self._file is not None
        if self._has(call, _SPECIFIED, most=0):
            return False
        func = self._call(call).func
        dotted = self._project.names.dotted(self._file, func)
        if dotted is None:
            return False
        if dotted == f"mocker.{name}":
            return True  # pytest-mock's fixture
        found = self._project.names.resolve(self._path, self._project.names.scope_of(self._path, func), dotted)
        return any(
            isinstance(value, ExternalValue) and value.dotted.startswith(_PACKAGES) and value.dotted.endswith(name)
            for value in found
        )

    # --- what it fills ---

    def _filled(self, call: facts.ExprId) -> _Filled | None:
        """What a mock stands in for, by the surest sign."""
        found = [*self._as_argument(call), *self._as_variable(call), *self._as_attribute(call), *self._as_fixture(call)]
        return min(found, key=lambda filled: filled.level, default=None)

    def _as_argument(self, value: facts.ExprId) -> Iterator[_Filled]:
        assert self._file is not None
        for call, record in self._passing.get(value, ()):
            func = self._file.expressions[record.func]
            last = getattr(func, "name", getattr(func, "id", ""))
            argument = next(one for one in record.arguments if one.value == value)
            if last in _PATCHES:
                of = self._patched(call)
                if of is not None:
                    yield _Filled(of, "the target of a patch", CERTAIN)
                continue
            yield from self._as_parameter(record, value)
            if argument.name and argument.name not in ("return_value", "side_effect"):
                yield from self._by_name(argument.name, f"the argument {argument.name}")

    @cached_property
    def _passing(self) -> dict[facts.ExprId, list[tuple[facts.ExprId, facts.Call]]]:
        """The calls that each expression is an argument of."""
        assert self._file is not None
        found: dict[facts.ExprId, list[tuple[facts.ExprId, facts.Call]]] = {}
        for expr, record in enumerate(self._file.expressions):
            for argument in record.arguments if isinstance(record, facts.Call) else ():
                found.setdefault(argument.value, []).append((expr, record))  # type: ignore[arg-type]  # a call
        return found

    @cached_property
    def _reads(self) -> dict[facts.BindingId, list[facts.ExprId]]:
        """Where each binding is read, and no other with it."""
        assert self._file is not None
        found: dict[facts.BindingId, list[facts.ExprId]] = {}
        for expr, record in enumerate(self._file.expressions):
            if isinstance(record, facts.Name) and record.bindings is not None and len(record.bindings) == 1:
                found.setdefault(record.bindings[0], []).append(expr)
        return found

    @cached_property
    def _bound(self) -> dict[facts.ExprId, list[tuple[facts.BindingId, facts.ValueBinding]]]:
        """The variables that hold each expression."""
        assert self._file is not None
        found: dict[facts.ExprId, list[tuple[facts.BindingId, facts.ValueBinding]]] = {}
        for index, binding in enumerate(self._file.bindings):
            if isinstance(binding, facts.ValueBinding) and not binding.path:
                found.setdefault(binding.expr, []).append((index, binding))
        return found

    def _as_parameter(self, call: facts.Call, value: facts.ExprId) -> Iterator[_Filled]:
        """The parameter with an annotation that an argument fills."""
        project = self._project
        for target in project.whole_flow.types(self._path, call.func):
            if isinstance(target, FunctionValue):
                functions: tuple[FunctionRef, ...] = (target.of,)
                skipped = int(target.bound)
            elif isinstance(target, ClassValue) and isinstance(target.of, ClassRef):
                functions, skipped = project.classes.find_method(target.of, "__init__"), 1
            else:
                continue
            for function in functions:
                parameters = project.function(function).parameters
                for index, parameter in enumerate(parameters):
                    of = self._mocks.declared(function.path, parameter)
                    if of is not None and argument_for(call, parameters, index, skipped) == value:
                        yield _Filled(of, f"the parameter {parameter.name}", CERTAIN)

    def _as_variable(self, value: facts.ExprId) -> Iterator[_Filled]:
        for index, binding in self._bound.get(value, ()):
            declared = self._mocks.annotated(self._path, binding.annotation)
            if declared is not None:
                yield _Filled(declared, f"the variable {binding.name}", CERTAIN)
            for expr in self._reads.get(index, ()):
                for _, call in self._passing.get(expr, ()):
                    yield from self._as_parameter(call, expr)
            yield from self._by_name(binding.name, f"the variable {binding.name}")

    def _as_attribute(self, value: facts.ExprId) -> Iterator[_Filled]:
        assert self._file is not None
        for store in self._file.attribute_stores:
            if store.expr != value or store.name == "return_value":
                continue
            by = f"the attribute {store.name}"
            of = self._attribute_of(store)
            if of is not None:
                yield _Filled(of, by, CERTAIN)
            base = self._file.expressions[store.base]
            if (isinstance(base, facts.Name) and base.id == "self") or _plain(store.name) not in self._mocks.roles:
                yield from self._by_name(store.name, by)

    def _attribute_of(self, store: facts.AttributeStore) -> ClassRef | None:
        """The contract class of which a class of production code keeps an instance in the attribute."""
        project = self._project
        for receiver in project.whole_flow.types(self._path, store.base):
            owner = receiver.of if isinstance(receiver, InstanceValue) else None
            if not isinstance(owner, ClassRef) or project.settings.is_test(owner.path):
                continue
            flow = project.production_flow
            node = flow.solve(flow.graph.node(AttributeAt(owner.path, owner.id, store.name, False, True)))
            for kept in node.values:
                of = kept.of if isinstance(kept, InstanceValue) else None
                if isinstance(of, ClassRef) and of in self._mocks.classes.get(project.classes.name(of), ()):
                    return of
        return None

    def _as_fixture(self, value: facts.ExprId) -> Iterator[_Filled]:
        """A fixture that is called like the class and hands the mock out."""
        assert self._file is not None
        for function in self._file.functions:
            handed = [*function.returns, *function.yields]
            if function.decorators and any(self._is(expr, value) for expr in handed) and self._is_fixture(function):
                yield from self._by_name(function.name, f"the fixture {function.name}")
                declared = self._mocks.annotated(self._path, function.return_annotation)
                if declared is not None:
                    yield _Filled(declared, f"the fixture {function.name}", CERTAIN)

    def _is(self, expr: facts.ExprId, value: facts.ExprId) -> bool:
        """Whether an expression is the mock, or a variable that holds it."""
        assert self._file is not None
        record = self._file.expressions[expr]
        if expr == value:
            return True
        bindings = [self._file.bindings[index] for index in record.bindings or ()] if (
            isinstance(record, facts.Name)
        ) else []
        return any(isinstance(one, facts.ValueBinding) and one.expr == value and not one.path for one in bindings)

    def _is_fixture(self, function: facts.Function) -> bool:
        assert self._file is not None
        for decorator in function.decorators:
            record = self._file.expressions[decorator]
            target = record.func if isinstance(record, facts.Call) else decorator
            if (self._project.names.dotted(self._file, target) or "").rpartition(".")[2] == "fixture":
                return True
        return False

    def _by_name(self, name: str, by: str) -> Iterator[_Filled]:
        """A name that is the class's own, or its role where the file imports one class with that role."""
        plain = _plain(name)
        refs = self._mocks.named.get(plain, ())
        if plain in self._mocks.roles:  # `registry` alone says nothing, in a project that has a class Registry, too
            refs = tuple(ref for ref in self._imported if _snake(self._project.classes.name(ref)).endswith(plain))
            refs = refs if len(refs) == 1 else ()
        if len(refs) > 1:
            refs = tuple(ref for ref in refs if ref in self._imported) or refs
        if refs:
            yield _Filled(refs[0], by, LIKELY)

    @cached_property
    def _imported(self) -> tuple[ClassRef, ...]:
        """The contract classes that the file imports."""
        assert self._file is not None
        found: dict[ClassRef, None] = {}
        for index, binding in enumerate(self._file.bindings):
            if isinstance(binding, facts.ImportBinding) and binding.member in self._mocks.classes:
                for value in self._project.names.bound(self._path, index):
                    if isinstance(value, ClassValue) and isinstance(value.of, ClassRef):
                        found[value.of] = None
        known = {ref for refs in self._mocks.classes.values() for ref in refs}
        return tuple(ref for ref in found if ref in known)

    # --- patches ---

    def _patched(self, call: facts.ExprId) -> ClassRef | None:
        """The contract class that `patch("app.tools.ToolRegistry")` or `patch.object(tools, "ToolRegistry")` means."""
        assert self._file is not None
        record = self._call(call)
        positional = [one.value for one in record.arguments if not one.name]
        if not positional:
            return None
        first = self._file.expressions[positional[0]]
        if isinstance(first, facts.Literal) and isinstance(first.value, str):
            dotted = first.value
        else:
            second = self._file.expressions[positional[1]] if len(positional) > 1 else None
            written = self._project.names.dotted(self._file, positional[0])
            if not isinstance(second, facts.Literal) or not isinstance(second.value, str) or written is None:
                return None
            scope = self._project.names.scope_of(self._path, positional[0])
            module = next(
                (
                    self._project.names.module_of(value.path)
                    for value in self._project.names.resolve(self._path, scope, written)
                    if hasattr(value, "path")
                ),
                "",
            )
            dotted = f"{module}.{second.value}"
        ref = self._project.registries.find_class(dotted) if "." in dotted else None
        known = ref is not None and ref in self._mocks.classes.get(self._project.classes.name(ref), ())
        return ref if known else None

"""The forms in which a test puts a mock in the place of something: given to a variable, an argument, an attribute, or
handed out by a fixture. What stands in the file alone says which they are; what the place is meant for, others say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, ClassRef, Level
from registry_lint.project.known_names import plain
from registry_lint.project.patched import patches_behind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from registry_lint.findings import Span

MOCKS = ("Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock")
_SPECIFIED = frozenset({"spec", "spec_set", "autospec", "wraps", "new", "new_callable", "**", "*"})
_PATCHES = ("patch", "object", "setattr")


class PermissiveMock(NamedTuple):
    """A mock that accepts everything. `by`: what it fills, in words."""

    span: Span  # the call that makes it
    made: str  # "MagicMock", "patch"
    of: ClassRef
    by: str
    level: Level


class Filled(NamedTuple):
    """What a mock stands in for, and by which sign."""

    of: ClassRef
    by: str
    level: Level


class MockForms(ABC):
    """The mocks of one test file; `roles` are the last words of the classes' names."""

    def __init__(self, path: str, file: facts.FileFacts, roles: Collection[str]) -> None:
        self._path = path
        self._file = file
        self._roles = roles

    def mocks(self) -> Iterator[PermissiveMock]:
        """One for each call that makes one."""
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
        record = self._file.expressions[call]
        assert isinstance(record, facts.Call)
        return record

    def _has(self, call: facts.ExprId, keywords: frozenset[str], most: int) -> bool:
        """Whether a call has one of these keywords, or more than `most` arguments by position."""
        arguments = self._call(call).arguments
        return any(one.name in keywords for one in arguments) or sum(not one.name for one in arguments) > most

    def _is_permissive(self, call: facts.ExprId, name: str) -> bool:
        return not self._has(call, _SPECIFIED, most=0) and self._is_mock(call, name)

    @abstractmethod
    def _is_mock(self, call: facts.ExprId, name: str) -> bool:
        """Whether what is called is a mock's class, and not something else of its name."""

    # --- what it fills ---

    def _filled(self, call: facts.ExprId) -> Filled | None:
        """What a mock stands in for, by the surest sign."""
        found = [*self._as_argument(call), *self._as_variable(call), *self._as_attribute(call), *self._as_fixture(call)]
        found += self._as_returned(call)
        return min(found, key=lambda filled: filled.level, default=None)

    def _as_argument(self, value: facts.ExprId) -> Iterator[Filled]:
        for call, record in self._passing.get(value, ()):
            func = self._file.expressions[record.func]
            last = getattr(func, "name", getattr(func, "id", ""))
            argument = next(one for one in record.arguments if one.value == value)
            if last in _PATCHES:
                of = self._patched(call) or (self._handed_out(call) if argument.name == "return_value" else None)
                if of is not None:
                    yield Filled(of, "the target of a patch", CERTAIN)
                continue
            yield from self._as_parameter(record, value)
            if argument.name and argument.name not in ("return_value", "side_effect"):
                yield from self._by_name(argument.name, f"the argument {argument.name}")

    @cached_property
    def _passing(self) -> dict[facts.ExprId, list[tuple[facts.ExprId, facts.Call]]]:
        """The calls that each expression is an argument of."""
        found: dict[facts.ExprId, list[tuple[facts.ExprId, facts.Call]]] = {}
        for expr, record in enumerate(self._file.expressions):
            for argument in record.arguments if isinstance(record, facts.Call) else ():
                found.setdefault(argument.value, []).append((expr, record))  # type: ignore[arg-type]  # a call
        return found

    @cached_property
    def _reads(self) -> dict[facts.BindingId, list[facts.ExprId]]:
        """Where each binding is read, and no other with it."""
        found: dict[facts.BindingId, list[facts.ExprId]] = {}
        for expr, record in enumerate(self._file.expressions):
            if isinstance(record, facts.Name) and record.bindings is not None and len(record.bindings) == 1:
                found.setdefault(record.bindings[0], []).append(expr)
        return found

    @cached_property
    def _bound(self) -> dict[facts.ExprId, list[tuple[facts.BindingId, facts.ValueBinding]]]:
        """The variables that hold each expression."""
        found: dict[facts.ExprId, list[tuple[facts.BindingId, facts.ValueBinding]]] = {}
        for index, binding in enumerate(self._file.bindings):
            if isinstance(binding, facts.ValueBinding) and not binding.path:
                found.setdefault(binding.expr, []).append((index, binding))
        return found

    @abstractmethod
    def _as_parameter(self, call: facts.Call, value: facts.ExprId) -> Iterator[Filled]:
        """The parameter with an annotation that an argument fills."""

    @abstractmethod
    def _annotated(self, annotation: facts.ExprId) -> ClassRef | None:
        """The class that an annotation means."""

    def _as_variable(self, value: facts.ExprId) -> Iterator[Filled]:
        for index, binding in self._bound.get(value, ()):
            declared = self._annotated(binding.annotation)
            if declared is not None:
                yield Filled(declared, f"the variable {binding.name}", CERTAIN)
            returned = False
            for expr in self._reads.get(index, ()):
                returned = returned or self._is_returned(expr)
                for _, call in self._passing.get(expr, ()):
                    yield from self._as_parameter(call, expr)
                yield from (filled for filled in self._as_argument(expr) if filled.level == CERTAIN)
                yield from self._as_returned(expr)
            is_role = plain(binding.name) in self._roles
            if not (is_role and returned):
                told = self._told_around(value) if is_role else ()
                for filled in self._by_name(binding.name, f"the variable {binding.name}"):
                    if not told or filled.of in told:
                        yield filled

    @abstractmethod
    def _told_around(self, value: facts.ExprId) -> tuple[ClassRef, ...]:
        """The classes that the function around is called like: the `registry` of a fixture `mock_skill_registry` is
        that one, whatever the file imports."""

    def _is_returned(self, expr: facts.ExprId) -> bool:
        """Whether another mock hands this one out: which class is meant is then for that one's target to say."""
        return any(store.expr == expr and store.name == "return_value" for store in self._file.attribute_stores) or any(
            argument.value == expr and argument.name == "return_value"
            for _, call in self._passing.get(expr, ())
            for argument in call.arguments
        )

    def _as_returned(self, value: facts.ExprId) -> Iterator[Filled]:
        """`mocked.return_value = MagicMock()`, where `mocked` stands in for an accessor."""
        for store in self._file.attribute_stores:
            if store.expr == value and store.name == "return_value":
                for call in patches_behind(self._file, store.base):
                    of = self._handed_out(call)
                    if of is not None:
                        yield Filled(of, "what a patched function returns", CERTAIN)

    def _as_attribute(self, value: facts.ExprId) -> Iterator[Filled]:
        for store in self._file.attribute_stores:
            if store.expr != value or store.name == "return_value":
                continue
            by = f"the attribute {store.name}"
            of = self._attribute_of(store)
            if of is not None:
                yield Filled(of, by, CERTAIN)
            base = self._file.expressions[store.base]
            if (isinstance(base, facts.Name) and base.id == "self") or plain(store.name) not in self._roles:
                yield from self._by_name(store.name, by)

    @abstractmethod
    def _attribute_of(self, store: facts.AttributeStore) -> ClassRef | None:
        """The class of which a class of production code keeps an instance in the attribute."""

    def _as_fixture(self, value: facts.ExprId) -> Iterator[Filled]:
        """A fixture that is called like the class and hands the mock out."""
        for function in self._file.functions:
            handed = [*function.returns, *function.yields]
            if function.decorators and any(self._is(expr, value) for expr in handed) and self._is_fixture(function):
                yield from self._by_name(function.name, f"the fixture {function.name}")
                declared = self._annotated(function.return_annotation)
                if declared is not None:
                    yield Filled(declared, f"the fixture {function.name}", CERTAIN)

    def _is(self, expr: facts.ExprId, value: facts.ExprId) -> bool:
        """Whether an expression is the mock, or a variable that holds it."""
        record = self._file.expressions[expr]
        if expr == value:
            return True
        bindings = (
            [self._file.bindings[index] for index in record.bindings or ()] if (isinstance(record, facts.Name)) else []
        )
        return any(isinstance(one, facts.ValueBinding) and one.expr == value and not one.path for one in bindings)

    def _is_fixture(self, function: facts.Function) -> bool:
        for decorator in function.decorators:
            record = self._file.expressions[decorator]
            target = record.func if isinstance(record, facts.Call) else decorator
            if (self._file.dotted(target) or "").rpartition(".")[2] == "fixture":
                return True
        return False

    @abstractmethod
    def _by_name(self, name: str, by: str) -> Iterator[Filled]:
        """A name that is the class's own, or its role where the file imports one class with that role."""

    @abstractmethod
    def _handed_out(self, call: facts.ExprId) -> ClassRef | None:
        """The class of what a patched accessor returns: `patch("app.tools.get_tool_registry")`."""

    @abstractmethod
    def _patched(self, call: facts.ExprId) -> ClassRef | None:
        """The class that `patch("app.tools.ToolRegistry")` or `patch.object(tools, "ToolRegistry")` means."""

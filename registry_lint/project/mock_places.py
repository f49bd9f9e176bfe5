"""What a mock without a specification stands in for, told by what it fills.

A parameter or variable with an annotation, an attribute of a known class, the target of a patch are resolved; else a
variable, attribute, argument or fixture is called like the class.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.contract_classes import plain, snake
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
from registry_lint.project.flow.keys import AttributeAt, ReturnAt
from registry_lint.project.patched import patches_behind
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

MOCKS = ("Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock")
_PACKAGES = ("unittest.mock.", "mock.", "mock.mock.", "asyncmock.")
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


class MockPlaces:
    """The mocks of one test file."""

    def __init__(self, project: Project, path: str, file: facts.FileFacts) -> None:
        self._project = project
        self._known = project.contract_classes
        self._path = path
        self._file = file

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

    def _is_mock(self, call: facts.ExprId, name: str) -> bool:
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

    def _as_parameter(self, call: facts.Call, value: facts.ExprId) -> Iterator[Filled]:
        """The parameter with an annotation that an argument fills."""
        project = self._project
        for target in project.production_flow.types(self._path, call.func):
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
                    of = self._known.declared(function.path, parameter)
                    if of is not None and argument_for(call, parameters, index, skipped) == value:
                        yield Filled(of, f"the parameter {parameter.name}", CERTAIN)

    def _annotated(self, annotation: facts.ExprId) -> ClassRef | None:
        return self._known.annotated(self._path, annotation)

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
            is_role = plain(binding.name) in self._known.roles
            if not (is_role and returned):
                told = self._told_around(value) if is_role else ()
                for filled in self._by_name(binding.name, f"the variable {binding.name}"):
                    if not told or filled.of in told:
                        yield filled

    def _told_around(self, value: facts.ExprId) -> tuple[ClassRef, ...]:
        """The classes that the function around is called like: the `registry` of a fixture `mock_skill_registry` is
        that one, whatever the file imports."""
        file = self._file
        scope = file.scopes[file.blocks[file.expression_blocks[value]].scope]
        around = f"_{file.functions[scope.owner].name}_" if scope.kind == "function" else ""
        told = (refs for word, refs in self._known.named.items() if "_" in word and f"_{word}_" in around)
        return tuple(ref for refs in told for ref in refs)

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
            if (isinstance(base, facts.Name) and base.id == "self") or plain(store.name) not in self._known.roles:
                yield from self._by_name(store.name, by)

    def _attribute_of(self, store: facts.AttributeStore) -> ClassRef | None:
        """The contract class of which a class of production code keeps an instance in the attribute."""
        project = self._project
        for receiver in project.production_flow.types(self._path, store.base):
            owner = receiver.of if isinstance(receiver, InstanceValue) else None
            if not isinstance(owner, ClassRef) or project.settings.is_test(owner.path):
                continue
            flow = project.production_flow
            node = flow.solve(flow.graph.node(AttributeAt(owner.path, owner.id, store.name, False, True)))
            for kept in node.values:
                of = kept.of if isinstance(kept, InstanceValue) else None
                if isinstance(of, ClassRef) and of in self._known.by_name.get(project.classes.name(of), ()):
                    return of
        return None

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
            if (self._project.names.dotted(self._file, target) or "").rpartition(".")[2] == "fixture":
                return True
        return False

    def _by_name(self, name: str, by: str) -> Iterator[Filled]:
        """A name that is the class's own, or its role where the file imports one class with that role."""
        bare = plain(name)
        refs = self._known.named.get(bare, ())
        if bare in self._known.roles:  # `registry` alone says nothing, in a project that has a class Registry, too
            refs = tuple(ref for ref in self._imported if snake(self._project.classes.name(ref)).endswith(bare))
            refs = refs if len(refs) == 1 else ()
        if len(refs) > 1:
            refs = tuple(ref for ref in refs if ref in self._imported) or refs
        if refs:
            yield Filled(refs[0], by, LIKELY)

    @cached_property
    def _imported(self) -> tuple[ClassRef, ...]:
        """The contract classes that the file imports."""
        found: dict[ClassRef, None] = {}
        for index, binding in enumerate(self._file.bindings):
            if isinstance(binding, facts.ImportBinding) and binding.member in self._known.by_name:
                for value in self._project.names.bound(self._path, index):
                    if isinstance(value, ClassValue) and isinstance(value.of, ClassRef):
                        found[value.of] = None
        known = {ref for refs in self._known.by_name.values() for ref in refs}
        return tuple(ref for ref in found if ref in known)

    # --- patches ---

    def _handed_out(self, call: facts.ExprId) -> ClassRef | None:
        """The contract class of what a patched accessor returns: `patch("app.tools.get_tool_registry")`."""
        project = self._project
        dotted = self._target(call)
        function = project.registries.find_function(dotted) if "." in dotted else None
        if function is None:
            return None
        flow = project.production_flow
        for value in flow.solve(flow.graph.node(ReturnAt(function.path, function.id, typed=True))).values:
            of = value.of if isinstance(value, InstanceValue) else None
            if isinstance(of, ClassRef) and of in self._known.by_name.get(project.classes.name(of), ()):
                return of
        return None

    def _patched(self, call: facts.ExprId) -> ClassRef | None:
        """The contract class that `patch("app.tools.ToolRegistry")` or `patch.object(tools, "ToolRegistry")` means."""
        dotted = self._target(call)
        ref = self._project.registries.find_class(dotted) if "." in dotted else None
        known = ref is not None and ref in self._known.by_name.get(self._project.classes.name(ref), ())
        return ref if known else None

    def _target(self, call: facts.ExprId) -> str:
        """The dotted name of what a patch replaces; "" where it is not literal."""
        record = self._call(call)
        positional = [one.value for one in record.arguments if not one.name]
        if not positional:
            return ""
        first = self._file.expressions[positional[0]]
        if isinstance(first, facts.Literal) and isinstance(first.value, str):
            return first.value
        second = self._file.expressions[positional[1]] if len(positional) > 1 else None
        written = self._project.names.dotted(self._file, positional[0])
        if not isinstance(second, facts.Literal) or not isinstance(second.value, str) or written is None:
            return ""
        scope = self._project.names.scope_of(self._path, positional[0])
        module = next(
            (
                self._project.names.module_of(value.path)
                for value in self._project.names.resolve(self._path, scope, written)
                if hasattr(value, "path")
            ),
            "",
        )
        return f"{module}.{second.value}" if module else ""

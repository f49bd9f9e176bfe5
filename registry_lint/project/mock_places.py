"""What a mock without a specification stands in for, told by what it fills.

A parameter or variable with an annotation, an attribute of a known class, the target of a patch are resolved; else a
variable, attribute, argument or fixture is called like the class (see mock_forms.py for the forms).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

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
)
from registry_lint.project.flow.keys import AttributeAt, ReturnAt
from registry_lint.project.known_names import plain, snake
from registry_lint.project.mock_forms import Filled, MockForms
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_PACKAGES = ("unittest.mock.", "mock.", "mock.mock.", "asyncmock.")


class MockPlaces(MockForms):
    """The mocks of one test file of a project."""

    def __init__(self, project: Project, path: str, file: facts.FileFacts) -> None:
        super().__init__(path, file, project.contract_classes.roles)
        self._project = project
        self._known = project.contract_classes

    def _is_mock(self, call: facts.ExprId, name: str) -> bool:
        func = self._call(call).func
        dotted = self._file.dotted(func)
        if dotted is None:
            return False
        if dotted == f"mocker.{name}":
            return True  # pytest-mock's fixture
        found = self._project.names.resolve(self._path, self._project.names.scope_of(self._path, func), dotted)
        return any(
            isinstance(value, ExternalValue) and value.dotted.startswith(_PACKAGES) and value.dotted.endswith(name)
            for value in found
        )

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

    def _told_around(self, value: facts.ExprId) -> tuple[ClassRef, ...]:
        """The classes that the function around is called like: the `registry` of a fixture `mock_skill_registry` is
        that one, whatever the file imports."""
        file = self._file
        scope = file.scopes[file.blocks[file.expression_blocks[value]].scope]
        around = f"_{file.functions[scope.owner].name}_" if scope.kind == "function" else ""
        told = (refs for word, refs in self._known.named.items() if "_" in word and f"_{word}_" in around)
        return tuple(ref for refs in told for ref in refs)

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
        written = self._file.dotted(positional[0])
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

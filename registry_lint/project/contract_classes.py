"""The classes that contracts speak of, or that are inferred to be registries or trackers, as tests meet them.

A test knows such a class by an annotation or an import, or by a variable that is called so: `mock_tool_registry`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.domain import ClassRef, FunctionRef, InstanceValue
from registry_lint.project.known_names import KnownNames, snake
from registry_lint.project.looks import annotates, has_match

if TYPE_CHECKING:
    from registry_lint.facts import records as facts
    from registry_lint.project.model import Project


class ContractClasses:
    """Those of production code, by their names."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def by_name(self) -> dict[str, tuple[ClassRef, ...]]:
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
        return {snake(name): refs for name, refs in self.by_name.items()}

    @cached_property
    def names(self) -> KnownNames:
        """Their names alone."""
        return KnownNames(self.by_name)

    @property
    def roles(self) -> frozenset[str]:
        """The last words of their names: `registry`."""
        return self.names.roles

    @property
    def consumers(self) -> set[str]:
        """The names of functions and classes of production code that take such an object as a parameter."""
        return self._taking_and_handing_out[0]

    @property
    def accessors(self) -> set[str]:
        """The names of functions of production code that are declared to return such an object."""
        return self._taking_and_handing_out[1]

    @cached_property
    def _taking_and_handing_out(self) -> tuple[set[str], set[str]]:
        project = self._project
        taking: set[str] = set()
        handing_out: set[str] = set()
        for name in self.by_name:
            word = name.encode()
            returned = rb"->[^:\n]{0,200}\b" + word + rb"\b"
            for path in project.files.containing(name):
                look = project.files.look
                told = look(path, annotates, word) or look(path, has_match, returned, 0)
                file = project.files.facts(path) if told else None
                for index, function in enumerate(file.functions if file else ()):
                    if any(self.declared(path, parameter) for parameter in function.parameters):
                        owner = project.classes.owner(FunctionRef(path, index))
                        constructor = function.name == "__init__" and owner is not None
                        taking.add(project.classes.name(owner) if constructor and owner else function.name)
                    if self.annotated(path, function.return_annotation):
                        handing_out.add(function.name)
        return taking - {"__init__", "<lambda>"}, handing_out

    def declared(self, path: str, parameter: facts.Parameter) -> ClassRef | None:
        """The contract class that a parameter's annotation names."""
        return self.annotated(path, parameter.annotation)

    def annotated(self, path: str, annotation: facts.ExprId) -> ClassRef | None:
        """The contract class that an annotation names."""
        for value in self._project.annotations.declared(path, annotation):
            of = value.of if isinstance(value, InstanceValue) else None
            if isinstance(of, ClassRef) and of in self.by_name.get(self._project.classes.name(of), ()):
                return of
        return None

"""Registries that are dicts themselves and leave it to them to be filled: `class ToolRegistry(dict[str, Tool])`."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, InstanceValue
from registry_lint.project.flow.keys import BindingAt
from registry_lint.project.tables import METHODS, Entry, entries, joined_to_names, put_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_FILLED = re.compile(rb"egistr\w*(?:\[[^\n]{0,200}?\]\s*=|\.(?:update|setdefault)\(|\s*\|=)")


class BareRegistries:
    """Looks at what is put into them in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[ClassRef, ...]:
        """The registries, sorted."""
        registries = self._project.registries.all
        is_container = self._project.classes.is_container
        return tuple(
            ref for ref, registry in registries.items() if registry.named and not registry.methods and is_container(ref)
        )

    def puts(self, ref: ClassRef) -> Iterator[tuple[str, Entry]]:
        """What is put into objects of a registry, and in which file."""
        for path in self._paths(ref):
            file = self._project.facts_of(path)
            for store in file.subscript_stores:
                if store.expr != facts.NONE and not store.path and self._is_one(path, store.base, ref):
                    yield path, Entry(store.key, store.expr, False)
            for method in METHODS:
                for call in file.calls.get(method, ()):
                    record = file.expressions[call]
                    func = file.expressions[record.func] if isinstance(record, facts.Call) else None
                    if isinstance(func, facts.Attribute) and self._is_one(path, func.base, ref):
                        found = put_in(file, method, record) if isinstance(record, facts.Call) else []
                        yield from ((path, entry) for entry in found)
            for expr, before in joined_to_names(file):
                if any(self._is_bound_to_one(path, index, ref) for index in before):
                    yield from ((path, entry) for entry in entries(file, expr))
        for site in self._project.constructions.of(ref):
            file = self._project.facts_of(site.path)
            made = file.expressions[site.expr]
            for argument in made.arguments if isinstance(made, facts.Call) else ():
                if argument.name.isidentifier():
                    yield site.path, Entry(facts.NONE, argument.value, False)
                else:
                    yield from ((site.path, entry) for entry in entries(file, argument.value))

    def is_called(self, ref: ClassRef) -> bool:
        """`registry[name](…)`: what it holds is called somewhere, or in a method of its own."""
        if self._project.wants.is_called(ref):
            return True
        for path in self._paths(ref):
            file = self._project.facts_of(path)
            for record in file.expressions:
                func = file.expressions[record.func] if isinstance(record, facts.Call) else None
                if isinstance(func, facts.Subscript) and self._is_one(path, func.base, ref):
                    return True
        return False

    def _paths(self, ref: ClassRef) -> list[str]:
        """The files that may fill one: those that name the class, and those that fill what is called like one."""
        files = self._project.files
        named = files.mentioning(self._project.classes.name(ref))
        filling = [path for path, _ in files.matching("egistr", _FILLED)]
        return [path for path in sorted({*named, *filling}) if files.facts(path) is not None]

    def _is_bound_to_one(self, path: str, index: facts.BindingId, ref: ClassRef) -> bool:
        flow = self._project.production_flow
        values = flow.solve(flow.graph.node(BindingAt(path, index, typed=True))).values
        return any(isinstance(value, InstanceValue) and value.of == ref for value in values)

    def _is_one(self, path: str, expr: facts.ExprId, ref: ClassRef) -> bool:
        values = self._project.production_flow.types(path, expr)
        return any(isinstance(value, InstanceValue) and value.of == ref for value in values)

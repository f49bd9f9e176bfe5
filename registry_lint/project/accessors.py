"""Accessors: module-level functions that hand out an object of a class that has a role, by their name."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef, FunctionValue, InstanceValue
from registry_lint.project.flow.keys import ReturnAt
from registry_lint.project.homes import ROLES
from registry_lint.project.looks import captured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_VERBS = "get|create|make|build|provide|obtain|acquire"
_ROLE_WORDS = tuple(role.lower() for role in ROLES)
_HEADERS = {
    f"_{word}": re.compile(rb"def\s+((?:" + _VERBS.encode() + rb")_(?:\w+_)?" + word.encode() + rb")\s*\(")
    for word in _ROLE_WORDS
}
_WORDS_OF_NO_MEANING = frozenset(
    {*_VERBS.split("|"), *_ROLE_WORDS, "default", "global", "shared", "current", "instance",
     "main", "the", "service", "handler", "singleton", "async", "plugin", "provider"}
)  # fmt: skip
_SITES = 400  # calls of one accessor's name that are looked at, to see whether it is used


class Accessor(NamedTuple):
    """A function and the class of what it returns."""

    function: FunctionRef
    of: ClassRef


class Accessors:
    """Answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def ambiguous(self) -> tuple[tuple[Accessor, Accessor], ...]:
        """Pairs (second, first) of accessors of one name and program that return unrelated classes, both in use.

        First is the one that most files import; of several, the first by path.
        """
        found = []
        for name, functions in self._several.items():
            accessors = [accessor for function in functions for accessor in self._accessor(function)]
            if len({accessor.of for accessor in accessors}) < 2:
                continue
            used = [accessor for accessor in accessors if self._is_used(accessor.function, name)]
            ranked = sorted(used, key=lambda one: (-len(self._project.homes.importers(one.function)), one.function))
            for index, second in enumerate(ranked):
                first = next((first for first in ranked[:index] if self._are_mixed_up(first, second, name)), None)
                if first is not None:
                    found.append((second, first))
        return tuple(sorted(found))

    @cached_property
    def _several(self) -> dict[str, list[FunctionRef]]:
        """The module-level functions whose names are an accessor's and defined in several production files."""
        paths: dict[str, list[str]] = {}
        files = self._project.files
        for word, header in _HEADERS.items():
            for path, _ in files.matching(word, header):
                for written in files.look(path, captured, header.pattern):
                    paths.setdefault(written.decode(), []).append(path)
        found: dict[str, list[FunctionRef]] = {}
        for name, several in sorted(paths.items()):
            for path in dict.fromkeys(several) if len(set(several)) > 1 else ():
                file = self._project.files.facts(path)
                for index in file.scopes[0].names.get(name, ())[-1:] if file else ():
                    binding = file.bindings[index] if file else None
                    if isinstance(binding, facts.FunctionBinding):
                        found.setdefault(name, []).append(FunctionRef(path, binding.function))
        return {name: functions for name, functions in found.items() if len(functions) > 1}

    def _accessor(self, ref: FunctionRef) -> Iterator[Accessor]:
        project = self._project
        file = project.facts_of(ref.path)
        record = file.functions[ref.id]
        if file.blocks[file.blocks[record.block].parent].kind != "module" or self._is_endpoint(file, record):
            return
        if project.homes.is_double_path(ref.path):
            return
        flow = project.production_flow
        node = flow.solve(flow.graph.node(ReturnAt(ref.path, ref.id, typed=True)))
        classes = {
            value.of for value in node.values if isinstance(value, InstanceValue) and isinstance(value.of, ClassRef)
        }
        if len(classes) == 1:
            of = classes.pop()
            if project.homes.says_role(project.classes.name(of)) or of in project.registries.all:
                yield Accessor(ref, of)

    def _is_endpoint(self, file: facts.FileFacts, record: facts.Function) -> bool:
        """`@router.get("/managers")`: called by a framework, by its path and not by its name."""
        return any(
            isinstance(expr, facts.Call) and isinstance(file.expressions[expr.func], facts.Attribute)
            for expr in (file.expressions[decorator] for decorator in record.decorators)
        )

    def _is_used(self, ref: FunctionRef, name: str) -> bool:
        project = self._project
        if project.homes.importers(ref):
            return True
        flow = project.production_flow
        return any(
            FunctionValue(ref) in flow.types(site.path, project.call_at(site.path, site.call).func)
            for site in flow.indexes.call_sites(name, _SITES) or ()
        )

    def _are_mixed_up(self, first: Accessor, second: Accessor, name: str) -> bool:
        homes = self._project.homes
        if not self._project.programs.are_one(first.function.path, second.function.path):
            return False
        if first.of == second.of or not homes.are_independent(first.of, second.of):
            return False
        if homes.are_alternatives(first.function, second.function):
            return False
        if not set(name.split("_")) <= _WORDS_OF_NO_MEANING:
            return True
        # `hooks.get_default_registry` says what it is by its module: mixed up only where one file imports both.
        return bool(set(homes.importers(first.function)) & set(homes.importers(second.function)))

"""Objects that are put in the place of the one: `set_registry(registry)` keeps what it is given where `get_registry()`
takes it from, so that whoever calls it with one of his own makes the one that everybody gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef
from registry_lint.project.origins import Origins
from registry_lint.project.process_wide import ProcessWideStores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry_lint.project.model import Project


def is_installed(project: Project, path: str, made: facts.ExprId, factories: Iterable[FunctionRef]) -> bool:
    """Whether what an expression makes is handed, in the same function, to one that keeps it for some factory."""
    file = project.facts_of(path)
    names = {
        index
        for index, binding in enumerate(file.bindings)
        if isinstance(binding, facts.ValueBinding) and binding.expr == made and not binding.path
    }
    homes = {factory.path for factory in factories}
    for call, record in enumerate(file.expressions):
        if not isinstance(record, facts.Call):
            continue
        for place, argument in enumerate(record.arguments):
            if argument.value != made and not _is_one_of(file, argument.value, names):
                continue
            for target in project.calls.targets(path, call):
                if isinstance(target.of, FunctionRef) and target.of.path in homes:
                    given = _parameter(project, target.of, place, argument.name)
                    kept = set(_kept(project, target.of, given))
                    if any(_reads(project, factory, kept) for factory in factories if factory.path == target.of.path):
                        return True
    return False


def _is_one_of(file: facts.FileFacts, expr: facts.ExprId, names: set[facts.BindingId]) -> bool:
    record = file.expressions[expr]
    todo = list(record.bindings or ()) if isinstance(record, facts.Name) else []
    seen = set()
    while todo:
        index = todo.pop()
        if index in names:
            return True
        binding = file.bindings[index]
        if isinstance(binding, facts.MergedBinding | facts.NarrowedBinding) and index not in seen:
            seen.add(index)
            todo.extend(binding.options)
    return False


def _parameter(project: Project, function: FunctionRef, place: int, name: str) -> int:
    """The index of the parameter that an argument arrives at; -1 where there is none."""
    record = project.function(function)
    if name:
        return next((index for index, one in enumerate(record.parameters) if one.name == name), -1)
    first = record.parameters[0].name if record.parameters and record.class_ != facts.NONE else ""
    return place + (first in ("self", "cls"))


def _kept(project: Project, function: FunctionRef, parameter: int) -> Iterator[str]:
    """The names of the globals and class attributes in which a function keeps what a parameter brings."""
    file = project.facts_of(function.path)
    scope = file.functions[function.id].scope
    origins = Origins(project.files)
    for store in ProcessWideStores(project).of(function.path, file):
        inside = file.blocks[store.block].scope == scope and store.place.kind != "entry"
        if inside and any(one.parameter == parameter for one in origins.of(function.path, store.expr, function.id)):
            yield store.place.name


def _reads(project: Project, function: FunctionRef, names: set[str]) -> bool:
    """Whether a function reads one of some globals or class attributes."""
    file = project.facts_of(function.path)
    scope = file.functions[function.id].scope
    for index, record in enumerate(file.expressions):
        name = record.id if isinstance(record, facts.Name) else getattr(record, "name", "")
        if name in names and file.blocks[file.expression_blocks[index]].scope == scope:
            return True
    return False

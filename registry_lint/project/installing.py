"""Objects that are put in the place of the one: `set_registry(registry)` keeps what it is given where `get_registry()`
takes it from, so that whoever calls it with one of his own makes the one that everybody gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.process_wide import ProcessWideStores
from registry_lint.project.signatures import argument_for
from registry_lint.project.tables import flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry_lint.project.domain import FunctionRef
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
        given = {one.value for one in record.arguments if one.value == made or _is_one_of(file, one.value, names)}
        for target in project.calls.targets(path, call) if given else ():
            of = target.of
            if of.path not in homes:
                continue
            parameters = project.function(of).parameters
            skipped = int(bool(parameters) and parameters[0].name in ("self", "cls"))
            for index in range(len(parameters)):
                if argument_for(record, parameters, index, skipped) in given:
                    kept = set(_kept(project, of, index))
                    if any(_reads(project, factory, kept) for factory in factories if factory.path == of.path):
                        return True
    return False


def _is_one_of(file: facts.FileFacts, expr: facts.ExprId, names: set[facts.BindingId]) -> bool:
    record = file.expressions[expr]
    return isinstance(record, facts.Name) and not names.isdisjoint(flat(file, record.bindings or ()))


def _kept(project: Project, function: FunctionRef, parameter: int) -> Iterator[str]:
    """The names of the globals and class attributes in which a function keeps what a parameter brings."""
    file = project.facts_of(function.path)
    scope = file.functions[function.id].scope
    for store in ProcessWideStores(project).of(function.path, file):
        inside = file.blocks[store.block].scope == scope and store.place.kind != "entry"
        if inside and any(
            one.parameter == parameter for one in project.storing.origins.of(function.path, store.expr, function.id)
        ):
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

"""Fields whose default is an empty registry: `tools: ToolRegistry = field(default_factory=ToolRegistry)`.

A message or a context that is given no tools has none. A factory that fills what it makes is no other way to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry_lint.project.constructions import Construction
    from registry_lint.project.domain import FunctionRef
    from registry_lint.project.model import Project


def is_empty_default(project: Project, site: Construction, factories: Collection[FunctionRef]) -> bool:
    """Whether a construction is a field's default, and every factory registers something in what it makes."""
    if site.how != "default_factory" or not factories:
        return False
    is_default = any(
        argument.name == "default_factory" and argument.value == site.expr
        for record in project.facts_of(site.path).expressions
        if isinstance(record, facts.Call)
        for argument in record.arguments
    )
    registering = project.registries.all[site.of].methods
    return is_default and all(_calls_one_of(project, factory, registering) for factory in factories)


def _calls_one_of(project: Project, function: FunctionRef, methods: Collection[str]) -> bool:
    file = project.facts_of(function.path)
    scope = file.functions[function.id].scope
    return any(
        file.blocks[file.expression_blocks[call]].scope == scope
        for name in methods
        for call in file.calls.get(name, ())
    )

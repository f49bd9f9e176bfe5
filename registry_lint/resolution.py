"""Contracts that speak of nothing: a class that was renamed takes its contract with it unseen, unless it is told.

Only names below the project's own packages are judged: what is installed elsewhere is not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.errors import Mistake
from registry_lint.project.domain import ClassRef, ExternalValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.contracts import Contracts, Origin
    from registry_lint.project.model import Project


def mistakes(project: Project) -> tuple[Mistake, ...]:
    """Every name in the configured contracts that the project should have and has not."""
    found: dict[Mistake, None] = {}
    for key, dotted, origin in _named(project.contracts):
        if origin is not None and not _exists(project, dotted):
            found[Mistake(f"`{key}` names {dotted}, which is not there", *origin, hint=_hint(project, dotted))] = None
    return tuple(found)


def _named(contracts: Contracts) -> Iterator[tuple[str, str, Origin | None]]:
    """Every dotted name that contracts hold, with the key that it stands under."""
    for registry in contracts.registries:
        yield "class", registry.path, registry.origin
        yield from (("factories", name, registry.origin) for name in registry.factories)
        yield from (("allowed-in", name, registry.origin) for name in registry.allowed_in)
        if registry.name_helper:
            yield "name-helper", registry.name_helper, registry.origin
    for tracker in contracts.trackers:
        yield "class", tracker.path, tracker.origin
        if tracker.accessor:
            yield "accessor", tracker.accessor, tracker.origin
    for canonical in contracts.canonical:
        yield "class", canonical.path, canonical.origin
    for forbidden in contracts.forbid:
        yield "path", forbidden.path, forbidden.origin
        yield from (("except-in", name, forbidden.origin) for name in forbidden.except_in)
    for base in contracts.tools.bases:
        yield "tools.bases", base, contracts.tools.origin
    for base in contracts.schemas.bases:
        yield "schemas.bases", base, contracts.schemas.origin


def _exists(project: Project, dotted: str) -> bool:
    if dotted.partition(".")[0] not in project.names.roots:
        return True  # somebody else's, perhaps: nobody knows
    if not isinstance(project.names.module(dotted), ExternalValue):
        return True
    if project.registries.find_class(dotted) or project.registries.find_function(dotted):
        return True
    module, _, name = dotted.rpartition(".")
    path = project.names.path_of(module) if module else None
    return path is not None and bool(project.names.in_module(path, name))


def _hint(project: Project, dotted: str) -> str:
    """Where a class of that name is now."""
    name = dotted.rpartition(".")[2]
    header = re.compile(rb"class\s+" + re.escape(name.encode()) + rb"\b")
    for path, _ in project.files.matching(name, header):
        file = project.files.facts(path)
        for index, record in enumerate(file.classes if file else ()):
            if record.name == name:
                return f"did you mean `{project.dotted(ClassRef(path, index))}`?"
    return ""

"""What the code shows of a project's contracts, in the form in which a person would write them down.

The rules infer the same when nothing is configured. `registry-lint init` writes it out, so that somebody who knows the
project can correct it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.config.contracts import (
    Contracts,
    Holding,
    Origin,
    RegisteringMethod,
    RegistryContract,
    ToolContract,
    TrackerContract,
)
from registry_lint.project.domain import ClassRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project
    from registry_lint.project.registries import Registry
    from registry_lint.project.storing import Storing

_TOOL_BASE = re.compile(r"(?:Base|Abstract)\w*Tool|\w*ToolBase|Tool|ToolProtocol")
_TOOL_HEADER = re.compile(rb"class\s+\w*Tool\w*")


class Inferred(NamedTuple):
    """Contracts whose `origin` is the place in the code, and a remark on each by its path."""

    contracts: Contracts
    remarks: dict[str, str]


def infer(project: Project) -> Inferred:
    """The registries, trackers and bases of tools that production code shows, in the order of paths and lines."""
    remarks: dict[str, str] = {}
    registries = tuple(_registries(project, remarks))
    trackers = tuple(_trackers(project, remarks))
    tools = ToolContract(bases=tuple(_tool_bases(project, remarks)))
    return Inferred(Contracts(registries=registries, trackers=trackers, tools=tools), remarks)


def _registries(project: Project, remarks: dict[str, str]) -> Iterator[RegistryContract]:
    for ref, registry in project.registries.all.items():
        if not registry.named or project.settings.is_test(ref.path):
            continue
        built = [site for site in project.constructions.of(ref) if not project.settings.is_test(site.path)]
        factories = [factory for factory in project.constructions.factories(ref) if factory.path]
        if not built and not factories:
            continue  # a base class, or nothing that anybody uses
        dotted = project.dotted(ref)
        modules = len({site.path for site in built})
        where = f"{modules} modules" if modules > 1 else "one module"
        remarks[dotted] = (
            f"built {len(built)} times in {where}" if len(built) > 1 else "built once" if built else "never built"
        )
        yield RegistryContract(
            path=dotted,
            methods=tuple(_method(project, name, storing) for name, storing in sorted(registry.methods.items())),
            factories=tuple(dict.fromkeys(project.dotted(factory) for factory in factories)),
            scope=_scope(project, ref),
            holds=_holds(project, registry),
            origin=_origin(project, ref),
        )


def _method(project: Project, name: str, storing: Storing) -> RegisteringMethod:
    parameters = project.function(storing.function).parameters
    key = parameters[storing.key].name if 0 <= storing.key < len(parameters) else ""
    value = parameters[storing.value].name if 0 <= storing.value < len(parameters) else ""
    return RegisteringMethod(name, key, value)


def _scope(project: Project, ref: ClassRef) -> str:
    """The constructor's parameter that ties a registry to a user, request or connection."""
    for constructor in project.classes.find_method(ref, "__init__")[:1]:
        for parameter in project.function(constructor).parameters:
            if parameter.name in project.contracts.contexts.names:
                return parameter.name
    return ""


def _holds(project: Project, registry: Registry) -> Holding:
    """What a registry holds, by its name: a guess that a person corrects."""
    name = project.classes.name(registry.ref).lower()
    if "class" in name or "type" in name:
        return "classes"
    return "tools" if "tool" in name else "agents" if "agent" in name else "anything"


def _trackers(project: Project, remarks: dict[str, str]) -> Iterator[TrackerContract]:
    for ref, tracker in project.trackers.all.items():
        dotted = project.dotted(ref)
        remarks[dotted] = "its constructor is guarded" if tracker.guarded else "its constructor is open"
        yield TrackerContract(path=dotted, accessor=project.dotted(tracker.accessor), origin=_origin(project, ref))


def _tool_bases(project: Project, remarks: dict[str, str]) -> Iterator[str]:
    for path, _ in project.files.matching("Tool", _TOOL_HEADER):
        file = project.files.facts(path)
        if file is None or project.settings.is_test(path):
            continue
        for index, record in enumerate(file.classes):
            ref = ClassRef(path, index)
            if not _TOOL_BASE.fullmatch(record.name) or record.qualname != record.name:
                continue
            subclasses = [sub for sub in project.classes.subclasses(ref) if not project.settings.is_test(sub.path)]
            if subclasses and not project.kinds.is_schema(ref):
                dotted = project.dotted(ref)
                remarks[dotted] = f"{len(subclasses)} subclasses" if len(subclasses) > 1 else "one subclass"
                yield dotted


def _origin(project: Project, ref: ClassRef) -> Origin:
    row, column, _, _ = project.classes.record(ref).position
    return Origin(ref.path, row, column)

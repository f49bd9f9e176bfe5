"""Whether the paths of a project's contracts lead anywhere: a contract that names nothing would hold nobody.

A path whose first part is a package of the project must lead to something there. One that begins with another
package is third-party and taken as it is, unless the contract can only speak of the project's own code.
All mistakes are told at once, each with the place in the configuration where it was written.
"""

from __future__ import annotations

import difflib
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.errors import ConfigurationError, Mistake
from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, ExternalValue, ModuleValue, PackageValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.contracts import Contracts, Origin
    from registry_lint.project.model import Project
    from registry_lint.project.names import Target

_CLOSE = 0.8  # how much a name must be like another one to be offered in its place


class _Path(NamedTuple):
    """A path that a contract names."""

    dotted: str
    table: str  # the table of the configuration, for the message
    key: str
    own: bool  # whether it must be something of this project
    origin: Origin | None


def check_contracts(project: Project) -> None:
    """Raise ConfigurationError with a mistake for every path in a contract that leads nowhere."""
    mistakes = [_mistake(project, path) for path in _paths(project.contracts) if not _leads_somewhere(project, path)]
    if mistakes:
        raise ConfigurationError(*mistakes)


def _paths(contracts: Contracts) -> Iterator[_Path]:
    for registry in contracts.registries:
        yield _Path(registry.path, "registries", "class", True, registry.origin)
        for dotted in registry.factories:
            yield _Path(dotted, "registries", "factories", True, registry.origin)
        for dotted in registry.allowed_in:
            yield _Path(dotted, "registries", "allowed-in", True, registry.origin)
        if registry.name_helper:
            yield _Path(registry.name_helper, "registries", "name-helper", True, registry.origin)
    for tracker in contracts.trackers:
        yield _Path(tracker.path, "trackers", "class", True, tracker.origin)
        if tracker.accessor:
            yield _Path(tracker.accessor, "trackers", "accessor", True, tracker.origin)
        if "." in tracker.guard:
            yield _Path(tracker.guard, "trackers", "guard", True, tracker.origin)
    for canonical in contracts.canonical:
        yield _Path(canonical.path, "canonical", "class", True, canonical.origin)
        for dotted in canonical.aliases:
            yield _Path(dotted, "canonical", "aliases", True, canonical.origin)
    for forbidden in contracts.forbid:
        yield _Path(forbidden.path, "forbid", "path", False, forbidden.origin)
        for dotted in forbidden.except_in:
            yield _Path(dotted, "forbid", "except-in", True, forbidden.origin)
    for dotted in contracts.tools.bases:
        yield _Path(dotted, "tools", "bases", False, contracts.tools.origin)
    for dotted in contracts.schemas.bases:
        yield _Path(dotted, "schemas", "bases", False, contracts.schemas.origin)
    for dotted in contracts.contexts.types:
        yield _Path(dotted, "contexts", "types", False, contracts.contexts.origin)
    for dotted in contracts.entry_points:
        yield _Path(dotted, "entry-points", "", True, None)


# --- where a path leads -----------------------------------------------------------------------------------------


def _leads_somewhere(project: Project, path: _Path) -> bool:
    root = path.dotted.partition(".")[0]
    if root not in project.names.roots:
        return not path.own and not _is_like_a_root(project, root)
    if path.dotted in project.names.roots:
        return True
    return exists(project, path.dotted)


def exists(project: Project, dotted: str) -> bool:
    """Whether a dotted name is a module, a package, or something that a module or a class of the project has.

    A module that does not parse is taken to hold what is looked for: that file is told elsewhere.
    """
    names = project.names
    if not isinstance(names.module(dotted), ExternalValue):
        return True
    module, _, rest = dotted.rpartition(".")
    while module:
        path = names.path_of(module)
        if path is not None:
            return project.files.facts(path) is None or _has(project, path, rest)
        module, _, name = module.rpartition(".")
        rest = f"{name}.{rest}"
    return False


def _has(project: Project, path: str, rest: str) -> bool:
    """Whether a module has a name, or a class of it a member; what was imported from elsewhere counts."""
    first, *further = rest.split(".")
    file = project.files.parsed(path)
    if not further and first in file.scopes[0].names:
        return True
    targets: list[Target] = list(project.names.resolve(path, 0, first))
    for name in further:
        onward: list[Target] = []
        for target in targets:
            match target:
                case ClassValue(of=ClassRef() as ref):
                    if _has_member(project, ref, name):
                        return True
                    onward += project.names.resolve(ref.path, project.classes.record(ref).scope, name)
                case ModuleValue() | PackageValue():
                    onward += [
                        found for found in project.names.member(target, name) if not isinstance(found, ExternalValue)
                    ]
                case ExternalValue():
                    return True  # handed on from a third-party package
        targets = onward
    return bool(targets)


def _has_member(project: Project, ref: ClassRef, name: str) -> bool:
    for owner in project.classes.order(ref):
        if isinstance(owner, str):
            if not project.classes.fully_known(owner):
                return True  # it may have it from a base that is not known
        elif project.classes.members(owner, name):
            return True
    return False


# --- what to say of it --------------------------------------------------------------------------------------------


def _is_like_a_root(project: Project, root: str) -> bool:
    """A package that nobody knows and nobody mentions, spelled almost like one of the project's."""
    if root in sys.stdlib_module_names or not difflib.get_close_matches(root, project.names.roots, 1, _CLOSE):
        return False
    return not project.files.matching(root, re.compile(rb"\b" + re.escape(root.encode()) + rb"\b"))


def _mistake(project: Project, path: _Path) -> Mistake:
    where = path.table if not path.key else f"{path.table}: {path.key}"
    nearest = _nearest(project, path.dotted)
    return Mistake(
        f"{where} names `{path.dotted}`, which is not there",
        path=path.origin.path if path.origin else "",
        row=path.origin.row if path.origin else 0,
        column=path.origin.column if path.origin else 0,
        hint=f"did you mean `{nearest}`?" if nearest else "",
    )


def _nearest(project: Project, dotted: str) -> str:
    """The path that is most like this one, found where the first part that is wrong stands."""
    parts = dotted.split(".")
    for length in range(len(parts)):
        known = ".".join(parts[:length])
        if exists(project, ".".join(parts[: length + 1])) or (parts[length] in project.names.roots and not length):
            continue
        close = difflib.get_close_matches(parts[length], _inside(project, known), 1, 0.6)
        mended = [*parts[:length], *close, *parts[length + 1 :]]
        whole = ".".join(mended)
        return whole if close and exists(project, whole) else _elsewhere(project, parts[-1])
    return ""


def _inside(project: Project, dotted: str) -> list[str]:
    """What stands in a package, a module or a class, by name."""
    names = project.names
    if not dotted:
        return sorted(names.roots)
    found = {
        module[len(dotted) + 1 :].partition(".")[0]
        for modules in names.modules_of.values()
        for module in modules[:1]
        if module.startswith(f"{dotted}.")
    }
    path = names.path_of(dotted)
    file = project.files.facts(path) if path else None
    if file is not None:
        found |= set(file.scopes[0].names)
    ref = project.registries.find_class(dotted) if "." in dotted else None
    if ref is not None:
        file = project.files.parsed(ref.path)
        found |= set(file.scopes[project.classes.record(ref).scope].names)
    return sorted(found)


def _elsewhere(project: Project, name: str) -> str:
    """Where a class or function of this very name is defined, if that is in one place only."""
    found = set()
    for path in project.files.mentioning(name):
        file = project.files.facts(path) if not project.settings.is_test(path) else None
        if file is not None and any(
            isinstance(file.bindings[index], facts.ClassBinding | facts.FunctionBinding)
            for index in file.scopes[0].names.get(name, ())
        ):
            found.add(f"{project.names.module_of(path)}.{name}")
    return found.pop() if len(found) == 1 else ""

"""A linter for code that keeps objects in registries and behind factories.

What stands in `__all__` is what a rule author, or a script, may import; everything else may change. Names are
loaded when they are first used, so that `registry-lint --help` loads nothing of the engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry_lint.api import check_paths
    from registry_lint.errors import ConfigurationError, Mistake, UserError
    from registry_lint.findings import Edit, Finding, Fix, Found, Outcome, Span, Step, Unexamined
    from registry_lint.project.absences import Absence
    from registry_lint.project.accessors import Accessor
    from registry_lint.project.aliases import EmptySubclass
    from registry_lint.project.arrivals import Arrival
    from registry_lint.project.constructions import Construction
    from registry_lint.project.contexts import Unscoped
    from registry_lint.project.domain import (
        CERTAIN,
        LIKELY,
        ClassRef,
        ClassValue,
        FunctionRef,
        FunctionValue,
        InstanceValue,
        MetaclassValue,
        NameOfValue,
        TextValue,
        Value,
    )
    from registry_lint.project.duplicates import Duplicate
    from registry_lint.project.entrypoints import EntryPoint
    from registry_lint.project.forbidden import ForbiddenUse
    from registry_lint.project.handlers import Swallowed
    from registry_lint.project.identity_keys import IdentityKey
    from registry_lint.project.lifetimes import Unreleased
    from registry_lint.project.mock_forms import PermissiveMock
    from registry_lint.project.model import Project
    from registry_lint.project.module_tables import TableArrival
    from registry_lint.project.named_keys import NamedKey
    from registry_lint.project.reachability import Reach
    from registry_lint.project.registrations import Registration
    from registry_lint.project.registries import Registry
    from registry_lint.project.releases import Orphan
    from registry_lint.project.singletons import UnlockedCreation
    from registry_lint.project.superseded import OldUse
    from registry_lint.project.toolness import Nameless
    from registry_lint.project.trackers import Tracker
    from registry_lint.project.vacuity import VacuousTest
    from registry_lint.rule import Invalid, Rule, Valid
    from registry_lint.suggest.workshop import Workshop

__all__ = [
    "CERTAIN",
    "LIKELY",
    "Absence",
    "Accessor",
    "Arrival",
    "ClassRef",
    "ClassValue",
    "ConfigurationError",
    "Construction",
    "Duplicate",
    "Edit",
    "EmptySubclass",
    "EntryPoint",
    "Finding",
    "Fix",
    "ForbiddenUse",
    "Found",
    "FunctionRef",
    "FunctionValue",
    "IdentityKey",
    "InstanceValue",
    "Invalid",
    "MetaclassValue",
    "Mistake",
    "NameOfValue",
    "NamedKey",
    "Nameless",
    "OldUse",
    "Orphan",
    "Outcome",
    "PermissiveMock",
    "Project",
    "Reach",
    "Registration",
    "Registry",
    "Rule",
    "Span",
    "Step",
    "Swallowed",
    "TableArrival",
    "TextValue",
    "Tracker",
    "Unexamined",
    "UnlockedCreation",
    "Unreleased",
    "Unscoped",
    "UserError",
    "VacuousTest",
    "Valid",
    "Value",
    "Workshop",
    "check_paths",
]

_HOMES = {
    "registry_lint.api": ("check_paths",),
    "registry_lint.errors": ("ConfigurationError", "Mistake", "UserError"),
    "registry_lint.findings": ("Edit", "Finding", "Fix", "Found", "Outcome", "Span", "Step", "Unexamined"),
    "registry_lint.project.absences": ("Absence",),
    "registry_lint.project.accessors": ("Accessor",),
    "registry_lint.project.aliases": ("EmptySubclass",),
    "registry_lint.project.arrivals": ("Arrival",),
    "registry_lint.project.constructions": ("Construction",),
    "registry_lint.project.contexts": ("Unscoped",),
    "registry_lint.project.domain": (
        "CERTAIN",
        "LIKELY",
        "ClassRef",
        "ClassValue",
        "FunctionRef",
        "FunctionValue",
        "InstanceValue",
        "MetaclassValue",
        "NameOfValue",
        "TextValue",
        "Value",
    ),
    "registry_lint.project.duplicates": ("Duplicate",),
    "registry_lint.project.handlers": ("Swallowed",),
    "registry_lint.project.identity_keys": ("IdentityKey",),
    "registry_lint.project.forbidden": ("ForbiddenUse",),
    "registry_lint.project.entrypoints": ("EntryPoint",),
    "registry_lint.project.lifetimes": ("Unreleased",),
    "registry_lint.project.mock_forms": ("PermissiveMock",),
    "registry_lint.project.model": ("Project",),
    "registry_lint.project.module_tables": ("TableArrival",),
    "registry_lint.project.named_keys": ("NamedKey",),
    "registry_lint.project.reachability": ("Reach",),
    "registry_lint.project.registrations": ("Registration",),
    "registry_lint.project.registries": ("Registry",),
    "registry_lint.project.releases": ("Orphan",),
    "registry_lint.project.singletons": ("UnlockedCreation",),
    "registry_lint.project.superseded": ("OldUse",),
    "registry_lint.project.toolness": ("Nameless",),
    "registry_lint.project.trackers": ("Tracker",),
    "registry_lint.project.vacuity": ("VacuousTest",),
    "registry_lint.rule": ("Invalid", "Rule", "Valid"),
    "registry_lint.suggest.workshop": ("Workshop",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

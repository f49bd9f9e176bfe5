"""Families of registries: the classes that a person would count as one kind of registry.

`ToolRegistry(UniversalRegistry["Tool"])` and its subclasses are one family, `AgentRegistry(UniversalRegistry["Agent"])`
another: a generic or abstract base makes no kin. Classes that only share a name are none either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.project.domain import ClassRef

if TYPE_CHECKING:
    from registry_lint.project.model import Project

# Bases that hold no particular kind of thing.
_FOR_ANYTHING = re.compile(r"_*(?:Base|Abstract|Generic|Universal|Simple|Typed)?Registr(?:y|ar)(?:Base|Impl|Mixin)?")
_ABSTRACT = frozenset(
    {"abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Generic", "typing_extensions.Protocol"}
)


class Families:
    """Answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._roots: dict[ClassRef, ClassRef] = {}

    def root(self, ref: ClassRef) -> ClassRef:
        """The class that a family of registries is called after: the highest base that is a kind of its own."""
        known = self._roots.get(ref)
        if known is None:
            known = self._roots[ref] = self._find_root(ref)
        return known

    def _find_root(self, ref: ClassRef) -> ClassRef:
        root = ref
        for base in self._project.classes.order(ref)[1:]:
            if isinstance(base, ClassRef):
                registry = self._project.registries.all.get(base)
                if registry is not None and registry.named and not self._is_for_anything(base):
                    root = base
        return root

    def _is_for_anything(self, ref: ClassRef) -> bool:
        if _FOR_ANYTHING.fullmatch(self._project.classes.name(ref)):
            return True
        return bool(_ABSTRACT.intersection(self._project.classes.bases(ref)))

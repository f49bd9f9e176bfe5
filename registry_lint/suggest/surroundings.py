"""What a suggestion must know of the project around a file; whoever starts the workshop knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry_lint.suggest.outline import Suite


class Surroundings(Protocol):
    """The questions that inserting and removing imports asks of a project."""

    def module_of(self, path: str, /) -> str:
        """The dotted name that a file is best imported under."""

    def said_in(self, path: str, module: str, /) -> str:
        """The name by which a file imports a module; `module` is the best one."""

    def resolve(self, dotted: str, /) -> str:
        """Where the thing of a dotted name is defined, re-exports followed; the name itself where that is unknown."""

    def would_cycle(self, path: str, module: str, /) -> bool:
        """Whether importing a module at the top of a file would make an import cycle."""

    def is_imported_from(self, path: str, name: str, /) -> bool:
        """Whether other code takes this name from this file: imports it, patches it."""

    def bodies_of(self, path: str, /) -> Sequence[Suite]:
        """Where the bodies of functions stand, as far as it is known: it saves parsing those that nobody looks into."""


def module_by_path(path: str, /) -> str:
    """The dotted name that a path spells: `app/tools/__init__.py` is `app.tools`."""
    return path.removesuffix("i").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _same(dotted: str, /) -> str:
    return dotted


def _best(path: str, module: str, /) -> str:
    del path
    return module


def _never(path: str, name: str, /) -> bool:
    del path, name
    return False


def _unknown(path: str, /) -> Sequence[Suite]:
    del path
    return ()


@dataclass(frozen=True)
class Answers:
    """Surroundings given as functions. The defaults stand for a file that is alone."""

    module_of: Callable[[str], str] = module_by_path
    said_in: Callable[[str, str], str] = _best
    resolve: Callable[[str], str] = _same
    would_cycle: Callable[[str, str], bool] = _never
    is_imported_from: Callable[[str, str], bool] = _never
    bodies_of: Callable[[str], Sequence[Suite]] = _unknown


ALONE = Answers()

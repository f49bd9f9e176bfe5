"""What a suggestion must know of the project around a file; whoever starts the workshop knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def module_by_path(path: str) -> str:
    """The dotted name that a path spells: `app/tools/__init__.py` is `app.tools`."""
    return path.removesuffix("i").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _same(dotted: str) -> str:
    return dotted


def _never(path: str, name: str) -> bool:
    del path, name
    return False


@dataclass(frozen=True)
class Surroundings:
    """The project's answers. The defaults stand for a file that is alone."""

    module_of: Callable[[str], str] = module_by_path  # path -> the dotted name it is best imported under
    resolve: Callable[[str], str] = _same  # dotted name -> where it is defined, re-exports followed
    would_cycle: Callable[[str, str], bool] = _never  # (path, module): may it not import that module at its top?
    is_imported_from: Callable[[str, str], bool] = _never  # (path, name): does other code take that name from it?


ALONE = Surroundings()

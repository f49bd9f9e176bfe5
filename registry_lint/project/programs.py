"""Which files run in one program: what stands twice in two programs is no rival of the other.

Folders without an `__init__.py` may hold the packages of several distributions (`hub/agents/email/mail_agent`,
`hub/agents/chat/chat_agent`), each with a place of its own on `sys.path`; what their files import by tells.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.looks import first_parts_imported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry_lint.project.domain import FunctionRef
    from registry_lint.project.model import Project

_READ_OF_EACH = 16  # files of a package, to see what it imports by


class Programs:
    """Tells them apart."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def are_one(self, first: str, second: str) -> bool:
        """Whether two files run in one program."""
        program = self._project.names.program
        return program(first) == program(second) and not self._are_distributions(first, second)

    def in_reach(self, functions: Iterable[FunctionRef], home: str, site: str) -> tuple[FunctionRef, ...]:
        """The functions that a file (`site`) could call: those of the program of what they hand out (`home`), and
        those of its own that somebody imports. What an example of a library has for itself is none."""
        program = self._project.names.program
        return tuple(
            function
            for function in functions
            if function.path == site
            or program(function.path) == program(home)
            or (self.are_one(function.path, site) and self._project.homes.importers(function))
        )

    def _are_distributions(self, first: str, second: str) -> bool:
        """Whether two files lie in packages in two folders, and neither is imported by the other or from above."""
        own, other = self._package(first), self._package(second)
        places = own.rpartition("/")[0], other.rpartition("/")[0]
        if not all(places) or any(f"{places[n]}/".startswith(f"{places[1 - n]}/") for n in (0, 1)):
            return False
        above = {self._project.names.module_of(path).partition(".")[0] for path in (first, second)}
        return (above | {other.rpartition("/")[2]}).isdisjoint(self._imported_in(own)) and (
            above | {own.rpartition("/")[2]}
        ).isdisjoint(self._imported_in(other))

    def _imported_in(self, package: str) -> set[str]:
        files = self._project.files
        some = [path for path in self._project.production if path.startswith(f"{package}/")][:_READ_OF_EACH]
        return {part for path in some for part in files.look(path, first_parts_imported)}

    def _package(self, path: str) -> str:
        """The topmost folder around a file that is a package, with all folders between; "" where it lies in none."""
        folder, found = path.rpartition("/")[0], ""
        while folder in self._packages:
            folder, found = folder.rpartition("/")[0], folder
        return found

    @cached_property
    def _packages(self) -> frozenset[str]:
        paths = self._project.names.modules_of
        return frozenset(path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py"))

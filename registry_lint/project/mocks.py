"""Mocks without a specification that stand in for registries, trackers and canonical classes, in tests.

Which tests are worth a look is decided here, by their bytes; what a mock stands in for, in mock_places.py.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.likely_mocks import LikelyMocks
from registry_lint.project.mock_places import MOCKS, MockPlaces, PermissiveMock
from registry_lint.project.questions import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project


_RETURNING = re.compile(rb"\.return_value\s{0,9}=(?!=)")


class Mocks:
    """All of them, in tests."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[PermissiveMock, ...]:
        """Every mock without a specification that fills the place of a contract class, sorted by place."""
        return tuple(mock for path in self.paths for mock in sorted(self._in_file(path)))

    def _in_file(self, path: str) -> Iterator[PermissiveMock]:
        file = self._project.files.facts(path)
        return MockPlaces(self._project, path, file).mocks() if file is not None else iter(())

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The tests that make a mock where it may fill the place of such an object, as their bytes look; sorted.

        Of the tests that make mocks and mention such a class, a seventh does; the others are not read whole.
        """
        return self._project.files.passing("mocks", self.candidates, self.may_hold, self.basis)

    @cached_property
    def candidates(self) -> frozenset[str]:
        """The tests that make a mock, and hold a name that can tell what it stands for."""
        known, sieve = self._project.contract_classes, self._project.reported_tests
        if not known.by_name:
            return frozenset()
        making = {path for name in (*MOCKS, "patch") for path in sieve.mentioning(name)}
        _ = self._likely  # asks other tests which helpers they have: not in each process again
        wanted = {path for role in known.roles for path in sieve.containing(role)}
        wanted |= {path for name in known.by_name for path in sieve.mentioning(name)}
        return frozenset(making & wanted.union(*self._giving.values()))

    @property
    def basis(self) -> bytes | None:
        """Names what `may_hold` knows beside a test: the names of the contract classes, and of what takes one. Where
        findings are asked for some files only, it asks which modules are tests, too."""
        if self._project.reported is not None:
            return None
        known = self._project.contract_classes
        return named(known.by_name, known.consumers, known.accessors, self._likely.takers)

    def may_hold(self, path: str, data: bytes) -> bool:
        """Whether the bytes of a test look as if a mock filled such a place."""
        if self._accessor.search(data) is not None and _RETURNING.search(data) is not None:
            return True
        given = any(path in paths and call in data for call, paths in self._giving.items())
        return (given or self._likely.in_source(data)) and self._likely.in_functions(path, data)

    @cached_property
    def _accessor(self) -> re.Pattern[bytes]:
        """The patch of what hands such an object out, or is called so: `patch("app.tools.get_tool_registry")`."""
        known = self._project.contract_classes
        names = b"|".join(re.escape(name.encode()) for name in sorted({*known.roles, *known.accessors}))
        return re.compile(rb"patch(?:\.object)?\([^()]{0,300}(?:" + (names or rb"(?!)") + rb")\w{0,99}[\"']")

    @cached_property
    def _giving(self) -> dict[bytes, frozenset[str]]:
        """The calls of what takes such an object, and the tests that mention what is called."""
        consumers = sorted(self._project.contract_classes.consumers)
        sieve = self._project.reported_tests
        return {name.encode() + b"(": frozenset(sieve.mentioning(name)) for name in consumers}

    @cached_property
    def _likely(self) -> LikelyMocks:
        return LikelyMocks(self._project)

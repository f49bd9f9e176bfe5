"""Mocks without a specification that stand in for registries, trackers and canonical classes, in tests.

Which tests are worth a look is decided here, by their bytes; what a mock stands in for, in mock_places.py.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.mock_places import MOCKS, MockPlaces, PermissiveMock

if TYPE_CHECKING:
    from registry_lint.project.model import Project


class Mocks:
    """All of them, in tests."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[PermissiveMock, ...]:
        """Every mock without a specification that fills the place of a contract class, sorted by place."""
        if not self._project.contract_classes.by_name:
            return ()
        return tuple(mock for path in self._paths() for mock in sorted(MockPlaces(self._project, path).mocks()))

    def _paths(self) -> list[str]:
        """The tests that make a mock, and hold a name that can tell what it stands for."""
        sieve = self._project.reported_tests
        known = self._project.contract_classes
        making = {path for name in (*MOCKS, "patch") for path in sieve.mentioning(name)}
        wanted = {path for role in known.roles for path in sieve.containing(role)}
        wanted |= {path for name in {*known.by_name, *known.consumers} for path in sieve.mentioning(name)}
        likely = self._likely
        return sorted(path for path in making & wanted if likely.search(self._project.files.read(path)))

    @cached_property
    def _likely(self) -> re.Pattern[bytes]:
        """What the bytes of a file look like where a mock may fill the place of such an object.

        Of the tests that make mocks and mention such a class, a half has it; the others need no parsing.
        """
        known = self._project.contract_classes
        classes, roles, consumers = (
            b"|".join(re.escape(name.encode()) for name in sorted(names)) or rb"(?!)"
            for names in (known.by_name, known.roles, known.consumers)
        )
        # Repetitions are bounded: a hostile line may be megabytes long, and each `:` in it begins another search.
        return re.compile(
            rb"(?:" + roles + rb")\w*\s*(?::[^=\n]{1,300})?=\s*(?:\w+\.)*\w*Mock\("  # a variable, attribute, argument
            rb"|def\s+(?!test)\w{0,99}(?:" + roles + rb")\w*\s*\("  # a fixture
            rb"|(?:patch|setattr)[\w.]*\([^)]{0,999}\b(?:" + classes + rb")\b"
            rb"|:[^=\n]{0,300}\b(?:" + classes + rb")\b[^=\n]{0,300}=\s*(?:\w+\.)*\w*Mock\("
            rb"|\b(?:" + consumers + rb")\("
        )

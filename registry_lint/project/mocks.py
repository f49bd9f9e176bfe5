"""Mocks without a specification that stand in for registries, trackers and canonical classes, in tests.

Which tests are worth a look is decided here, by their bytes; what a mock stands in for, in mock_places.py.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.mock_places import MOCKS, MockPlaces, PermissiveMock

if TYPE_CHECKING:
    from registry_lint.project.contract_classes import ContractClasses
    from registry_lint.project.model import Project


class Mocks:
    """All of them, in tests."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[PermissiveMock, ...]:
        """Every mock without a specification that fills the place of a contract class, sorted by place."""
        return tuple(mock for path in self.paths for mock in sorted(MockPlaces(self._project, path).mocks()))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The tests that make a mock where it may fill the place of such an object, as their bytes look; sorted.

        Of the tests that make mocks and mention such a class, a half does; the others need no parsing.
        """
        return self._project.files.passing("mocks", self.candidates, self.may_hold)

    @cached_property
    def candidates(self) -> frozenset[str]:
        """The tests that make a mock, and hold a name that can tell what it stands for."""
        known, sieve = self._project.contract_classes, self._project.reported_tests
        if not known.by_name:
            return frozenset()
        making = {path for name in (*MOCKS, "patch") for path in sieve.mentioning(name)}
        wanted = {path for role in known.roles for path in sieve.containing(role)}
        wanted |= {path for name in known.by_name for path in sieve.mentioning(name)}
        return frozenset(making & wanted.union(*self._giving.values()))

    def may_hold(self, path: str, data: bytes) -> bool:
        """Whether the bytes of a test look as if a mock filled such a place."""
        return self._likely.in_source(data) or any(
            path in paths and call in data for call, paths in self._giving.items()
        )

    @cached_property
    def _giving(self) -> dict[bytes, frozenset[str]]:
        """The calls of what takes such an object, and the tests that mention what is called."""
        consumers = sorted(self._project.contract_classes.consumers)
        sieve = self._project.reported_tests
        return {name.encode() + b"(": frozenset(sieve.mentioning(name)) for name in consumers}

    @cached_property
    def _likely(self) -> _Likely:
        return _Likely(self._project.contract_classes)


class _Likely:
    """What the bytes of a test look like where a mock fills the place of such an object.

    Each pattern begins with literal characters, so that `re` looks for it with memchr: one of all of them, as it
    could be written, takes six times as long. Repetitions are bounded: a hostile line may be megabytes long.
    """

    def __init__(self, known: ContractClasses) -> None:
        classes, roles = (
            b"|".join(re.escape(name.encode()) for name in sorted(names)) or rb"(?!)"
            for names in (known.by_name, known.roles)
        )
        self._named = re.compile(rb"(?:" + roles + rb")\w*\s*(?::[^=]{1,300})?\Z")
        self._annotated = re.compile(rb":[^=]{0,300}\b(?:" + classes + rb")\b")
        self._fixture = re.compile(rb"def\s+(?!test)\w{0,99}(?:" + roles + rb")\w*\s*\(")
        self._patches = [
            re.compile(verb + rb"[\w.]*\([^)]{0,999}\b(?:" + classes + rb")\b") for verb in (rb"patch", rb"setattr")
        ]

    def in_source(self, data: bytes) -> bool:
        """Whether it looks so anywhere: a variable, attribute or argument, a fixture, the target of a patch."""
        if any(self._is_filled(data, made.start()) for made in _MADE.finditer(data)):
            return True
        return bool(self._fixture.search(data)) or any(patch.search(data) for patch in self._patches)

    def _is_filled(self, data: bytes, at: int) -> bool:
        """Whether a mock that is made here is given to a name with such a role, or one with such an annotation."""
        equals = data.rfind(b"=", max(0, at - _LONGEST_CALLEE), at)
        if equals < 0 or _CALLEE.fullmatch(data, equals + 1, at) is None:
            return False
        earliest = max(0, equals - _LONGEST_TARGET)
        target = data[max(data.rfind(b"\n", earliest, equals) + 1, earliest) : equals]
        return bool(self._named.search(target) or self._annotated.search(target))


_MADE = re.compile(rb"Mock\(")
_CALLEE = re.compile(rb"\s*(?:\w+\.)*\w*")
_LONGEST_CALLEE = 200  # bytes between `=` and `Mock(`
_LONGEST_TARGET = 700  # bytes of a line before its `=`

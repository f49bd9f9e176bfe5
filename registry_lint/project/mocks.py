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
        if not self._project.contract_classes.by_name:
            return ()
        return tuple(mock for path in self._paths() for mock in sorted(MockPlaces(self._project, path).mocks()))

    def _paths(self) -> list[str]:
        """The tests that make a mock where it may fill the place of such an object, as their bytes look.

        Of the tests that make mocks and mention such a class, a half does; the others need no parsing.
        """
        sieve, read = self._project.reported_tests, self._project.files.read
        known = self._project.contract_classes
        making = {path for name in (*MOCKS, "patch") for path in sieve.mentioning(name)}
        wanted = {path for role in known.roles for path in sieve.containing(role)}
        wanted |= {path for name in known.by_name for path in sieve.mentioning(name)}
        giving = {name.encode() + b"(": frozenset(sieve.mentioning(name)) for name in sorted(known.consumers)}
        likely = _Likely(known)
        return sorted(
            path
            for path in making & wanted.union(*giving.values())
            if likely.in_source(read(path))
            or any(path in paths and call in read(path) for call, paths in giving.items())
        )


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
        target = data[max(data.rfind(b"\n", 0, equals) + 1, equals - _LONGEST_TARGET) : equals]
        return bool(self._named.search(target) or self._annotated.search(target))


_MADE = re.compile(rb"Mock\(")
_CALLEE = re.compile(rb"\s*(?:\w+\.)*\w*")
_LONGEST_CALLEE = 200  # bytes between `=` and `Mock(`
_LONGEST_TARGET = 700  # bytes of a line before its `=`

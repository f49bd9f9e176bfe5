"""Mocks without a specification that stand in for registries, trackers and canonical classes, in tests.

Which tests are worth a look is decided here, by their bytes; what a mock stands in for, in mock_places.py.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.known_names import KnownNames
from registry_lint.project.likely_mocks import LikelyMocks
from registry_lint.project.looks import captured
from registry_lint.project.mock_forms import MOCKS, PermissiveMock
from registry_lint.project.mock_places import MockPlaces
from registry_lint.source.index import words_in
from registry_lint.source.text import as_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.project.model import Project

# A function with a parameter that is annotated with one of some classes.
_TAKING = rb"def[ \t]+(\w+)[ \t]*\((?:[^()]|\((?:[^()]|\([^()]*\))*\)){0,2000}?:[^()=]{0,300}?\b(?:%b)\b"


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
        names = (*known.by_name, *known.consumers, *known.accessors)
        wanted |= {path for name in names for path in sieve.mentioning(name)}
        return frozenset(making & wanted)

    @property
    def basis(self) -> bytes | None:
        """What `may_hold` knows beside a test: the names of the contract classes, and of what takes one. Where findings
        are asked for some files only, it asks which modules are tests, too."""
        return self._names.encoded() if self._project.reported is None else None

    def may_hold(self, path: str, data: bytes) -> bool:
        """Whether the bytes of a test look as if a mock filled such a place."""
        return self._likely.may_hold(data, self._mentioned.get(path, ()))

    @staticmethod
    def test(basis: bytes) -> Callable[[str, bytes], bool]:
        """`may_hold` of a run that knew this. Raises MsgspecError."""
        names = KnownNames.decoded(basis)
        likely, takers = LikelyMocks(names), {name.encode() for name in names.takers}
        return lambda _path, data: likely.may_hold(data, takers & words_in(as_utf8(data)))

    @cached_property
    def _likely(self) -> LikelyMocks:
        return LikelyMocks(self._names, None if self._project.reported is None else self._is_of_tests)

    @cached_property
    def _names(self) -> KnownNames:
        known = self._project.contract_classes
        takers = {*known.consumers, *(name.decode() for name in self._takers_in_tests())} - {"__init__"}
        return KnownNames(known.by_name, known.consumers, takers, known.accessors)

    @cached_property
    def _mentioned(self) -> dict[str, list[bytes]]:
        """What takes such an object, by the tests that mention it."""
        found: dict[str, list[bytes]] = {}
        for name in sorted(self._names.takers):
            for path in self._project.reported_tests.mentioning(name):
                found.setdefault(path, []).append(name.encode())
        return found

    def _takers_in_tests(self) -> Iterator[bytes]:
        """The functions of tests that have a parameter with such an annotation; the classes of constructors."""
        files, sieve, names = self._project.files, self._project.reported_tests, self._project.contract_classes.by_name
        taking = _TAKING % (b"|".join(re.escape(name.encode()) for name in sorted(names)) or rb"(?!)")
        for path in sorted({path for name in names for path in sieve.mentioning(name)}):
            takers = files.look(path, captured, taking)
            yield from takers
            if b"__init__" in takers:
                yield from files.look(path, captured, rb"class[ \t]+(\w+)")

    def _is_of_tests(self, module: str) -> bool:
        """Whether a module that is imported is one of tests, as far as its name tells."""
        while module and not module.startswith("."):
            path = self._project.names.path_of(module)
            if path is not None:
                return self._project.settings.is_test(path)
            module = module.rpartition(".")[0]
        return bool(module)

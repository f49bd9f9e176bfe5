"""Tests that touch a registry and cannot fail, whatever the registry does."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue
from registry_lint.project.known_names import KnownNames
from registry_lint.project.likely_vacuous import LikelyVacuous
from registry_lint.project.vacuity import SketchedTests, TestsOfFile, VacuousTest, asserting_rows, has_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry_lint.project.model import Project


class VacuousTests:
    """All of them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._asserting_rows: dict[str, list[int]] = {}  # by file

    @cached_property
    def all(self) -> tuple[VacuousTest, ...]:
        """Every vacuous test, sorted by place."""
        return tuple(test for path in self.paths for test in sorted(self._in_file(path)))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The tests that hold a function which may be one, sorted: looked at as bytes, function by function."""
        return self._project.files.passing("vacuous tests", self.candidates, self.may_hold, self.basis)

    @cached_property
    def candidates(self) -> frozenset[str]:
        """The tests that mention a registry."""
        known, sieve = self._project.contract_classes, self._project.reported_tests
        touching = {path for name in known.by_name for path in sieve.mentioning(name)}
        return frozenset(touching.union(path for role in known.roles for path in sieve.containing(role)))

    @property
    def basis(self) -> bytes:
        """What `may_hold` knows beside a test: the names of the contract classes."""
        return self._project.contract_classes.names.encoded()

    def may_hold(self, _path: str, data: bytes) -> bool:
        """Whether a file looks as if one of its tests could not fail, by a sketch of it; one that does not parse is
        read for that to be told."""
        return _may_hold(self._project.contract_classes.names, self._likely, data)

    @staticmethod
    def test(basis: bytes) -> Callable[[str, bytes], bool]:
        """`may_hold` of a run that knew this. Raises MsgspecError."""
        names = KnownNames.decoded(basis)
        likely = LikelyVacuous(names)
        return lambda _path, data: _may_hold(names, likely, data)

    def asserting_rows(self, path: str, file: facts.FileFacts) -> list[int]:
        """The rows of a file's assertions and raises, sorted: asked for every function of every imported file."""
        if path not in self._asserting_rows:
            self._asserting_rows[path] = asserting_rows(file)
        return self._asserting_rows[path]

    @cached_property
    def _likely(self) -> LikelyVacuous:
        return LikelyVacuous(self._project.contract_classes.names)

    def _in_file(self, path: str) -> tuple[VacuousTest, ...]:
        file = self._project.files.facts(path)
        return tuple(_Tests(self._project, path, file).vacuous()) if file is not None else ()


def _may_hold(names: KnownNames, likely: LikelyVacuous, data: bytes) -> bool:
    sketch = likely.sketched(data)
    if isinstance(sketch, facts.FileFacts):
        return any(SketchedTests(names, sketch).vacuous())
    return sketch is not None


class _Tests(TestsOfFile):
    """A file of tests in a project."""

    def __init__(self, project: Project, path: str, file: facts.FileFacts) -> None:
        super().__init__(project.contract_classes.names, path, file)
        self._project = project

    def _is_class(self, expr: facts.ExprId, name: str) -> bool:
        scope = self._project.names.scope_of(self.path, expr)
        dotted = self.facts.dotted(expr)
        found = self._project.names.resolve(self.path, scope, dotted) if dotted else {}
        refs = self._project.contract_classes.by_name[name]
        return any(
            isinstance(value, ClassValue) and isinstance(value.of, ClassRef) and value.of in refs for value in found
        )

    @cached_property
    def _imported_asserting(self) -> frozenset[str]:
        project, found = self._project, set()
        for index, binding in enumerate(self.facts.bindings):
            if isinstance(binding, facts.ImportBinding) and binding.member:
                for value in project.names.bound(self.path, index):
                    of = getattr(value, "of", None)
                    if of is not None and not isinstance(value, ClassValue) and not isinstance(of, str):
                        other = project.files.facts(of.path)
                        own = other is not None and project.settings.is_test(of.path)
                        if other is not None and own:
                            rows = project.vacuous_tests.asserting_rows(of.path, other)
                            if has_row(other.functions[of.id], rows):
                                found.add(binding.name)
        return frozenset(found)

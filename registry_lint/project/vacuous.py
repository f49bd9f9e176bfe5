"""Tests that touch a registry and cannot fail, whatever the registry does."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.contract_classes import plain
from registry_lint.project.domain import ClassRef, ClassValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_TEST = re.compile(rb"(?=^[ \t]*(?:async[ \t]+)?def[ \t]+test)", re.MULTILINE)
# Called under such a name, something checks: `assert_called_once`, `verify_isolation`, `pytest.raises`.
_CHECKS = re.compile(
    r"_*(?:\w*_)?(?:assert|expect|check|verify|validate|ensure|should|must|require|compare)(?:[A-Z_]\w*|s|ed)?"
    r"|assert\w+|fail\w*|raises|warns|deprecated_call|exit|skip\w*|xfail|approx|match\w*"
)
_OUTCOMES = frozenset({"fail", "raises", "warns", "skip", "xfail", "exit", "deprecated_call"})  # of BaseException
_RECORDS = frozenset({"append", "add", "put", "extend", "set_exception", "put_nowait"})
_CATCHES_ASSERTIONS = frozenset({"Exception", "BaseException", "AssertionError"})
_CATCHES_OUTCOMES = frozenset({"BaseException"})
# One of them is in a test that cannot fail, but for those that only print.
_SIGNS = (b"except", b"assert True", b"or True", b"assert (")


class VacuousTest(NamedTuple):
    """A test that cannot fail. `why`: "constant", "swallowed", "handler", "act", "prints"."""

    span: Span  # of its name
    name: str
    why: str
    place: Span | None  # of the handler, or of the assertion


class VacuousTests:
    """All of them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.asserting_rows: dict[str, list[int]] = {}  # by file

    @cached_property
    def all(self) -> tuple[VacuousTest, ...]:
        """Every vacuous test, sorted by place."""
        return tuple(test for path in self.paths for test in sorted(self._in_file(path)))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The tests that hold a function which may be one, sorted: looked at as bytes, function by function."""
        return self._project.files.passing("vacuous tests", self.candidates, self.may_hold)

    @cached_property
    def candidates(self) -> frozenset[str]:
        """The tests that mention a registry."""
        known, sieve = self._project.contract_classes, self._project.reported_tests
        touching = {path for name in known.by_name for path in sieve.mentioning(name)}
        return frozenset(touching.union(path for role in known.roles for path in sieve.containing(role)))

    def may_hold(self, _path: str, data: bytes) -> bool:
        """Whether the bytes of a test look as if one of its functions could not fail."""
        for test in _TEST.split(data)[1:]:
            if any(sign in test for sign in _SIGNS) or (b"print(" in test and b"assert" not in test):
                lowered = test.lower()
                if any(role in lowered for role in self._roles):
                    return True
        return False

    @cached_property
    def _roles(self) -> tuple[bytes, ...]:
        return tuple(role.encode() for role in self._project.contract_classes.roles)

    def _in_file(self, path: str) -> Iterator[VacuousTest]:
        file = self._project.files.facts(path)
        if file is None:
            return
        touched = _Touched(self._project, path, file)
        reads = (record for record in file.expressions if isinstance(record, facts.Name | facts.Attribute))
        named = {record.id if isinstance(record, facts.Name) else record.name for record in reads}
        for index, function in enumerate(file.functions):
            if not function.name.startswith("test") or "<locals>" in function.qualname:
                continue
            run_here = function.name in named and (function.returns or function.name in file.calls)
            if run_here or not touched.by(function):
                continue  # a script that runs its own tests looks at what they return
            found = _Test(self._project, path, file, index).vacuity()
            if found is not None:
                yield VacuousTest(Span(path, *function.position), function.name, *found)


class _Touched:
    """Whether a function of a file is about a registry: it mentions a class, an accessor, a variable called so."""

    def __init__(self, project: Project, path: str, file: facts.FileFacts) -> None:
        self._project = project
        self._file = file
        self._rows = sorted(
            file.position(expr)[0]
            for expr, record in enumerate(file.expressions)
            if isinstance(record, facts.Name | facts.Attribute) and self._is_one(path, expr, record)
        )

    def by(self, function: facts.Function) -> bool:
        """Whether one of the rows of a function mentions one, or a parameter does."""
        first, _, last, _ = function.extent
        if any(first <= row <= last for row in self._rows):
            return True
        if any(self._is_called_so(parameter.name) for parameter in function.parameters):
            return True
        return any(name in function.qualname for name in self._telling)

    @cached_property
    def _telling(self) -> tuple[str, ...]:
        """What the name of a test or of its class says of it: `TestToolRegistry`, `test_tool_registry_is_empty`."""
        known = self._project.contract_classes
        told = (f"Test{name}" for name in known.by_name)
        return (*told, *(f"test_{name}" for name in known.named if name not in known.roles))

    def _is_one(self, path: str, expr: facts.ExprId, record: facts.Name | facts.Attribute) -> bool:
        known = self._project.contract_classes
        name = record.id if isinstance(record, facts.Name) else record.name
        if name in known.by_name:
            scope = self._project.names.scope_of(path, expr)
            dotted = self._project.names.dotted(self._file, expr)
            found = self._project.names.resolve(path, scope, dotted) if dotted else {}
            return any(
                isinstance(value, ClassValue) and isinstance(value.of, ClassRef) and value.of in known.by_name[name]
                for value in found
            )
        return self._is_called_so(name)

    def _is_called_so(self, name: str) -> bool:
        """`tool_registry`, and `registry`: that the test cannot fail is sure enough for a name to tell its subject."""
        known = self._project.contract_classes
        bare = plain(name)
        return bare in known.named or bare in known.roles


class _Test:
    """One test function."""

    def __init__(self, project: Project, path: str, file: facts.FileFacts, index: facts.FunctionId) -> None:
        self._project = project
        self._path = path
        self._file = file
        self._function = file.functions[index]
        self._blocks = self._below(self._function.block)

    def vacuity(self) -> tuple[str, Span | None] | None:
        """Why the test cannot fail, and where that is seen; None where it can."""
        constant: Span | None = None
        lost: tuple[str, Span] | None = None
        for statement in self._file.statements:
            if statement.block not in self._blocks:
                continue
            if statement.kind == "raise" and not self._swallowing(statement.block, _CATCHES_ASSERTIONS):
                return None
            if statement.kind != "assert":
                continue
            place = Span(self._path, *statement.position)
            if self._is_constant(statement.expr):
                constant = constant or place
                continue
            swallowing = self._swallowing(statement.block, _CATCHES_ASSERTIONS)
            if swallowing is not None:
                lost = lost or ("swallowed", Span(self._path, *self._file.blocks[swallowing].position))
            elif self._is_only_in_handler(statement.block):
                lost = lost or ("handler", place)
            else:
                return None
        for name, calls in self._file.calls.items():
            for call in calls:
                block = self._file.expression_blocks[call]
                if block not in self._blocks or not self._may_check(name) or self._is_lost(name, block):
                    continue
                if name != "assertTrue" or not self._is_constant(self._first_argument(call)):
                    return None
                constant = constant or self._file.span(self._path, call)
        if lost is not None:
            return lost
        if constant is not None:
            return "constant", constant
        swallowed = self._swallowed_act()
        if swallowed is not None:
            return "act", Span(self._path, *self._file.blocks[swallowed].position)
        prints = [call for call in self._file.calls.get("print", ()) if self._is_here(call)]
        return ("prints", self._file.span(self._path, prints[0])) if prints else None

    def _first_argument(self, call: facts.ExprId) -> facts.ExprId:
        arguments = self._project.call_at(self._path, call).arguments
        return arguments[0].value if arguments else call

    # --- checks ---

    def _may_check(self, name: str) -> bool:
        """Whether a call of this name can make a test fail on purpose: by its name, or since its body asserts."""
        return _CHECKS.fullmatch(name) is not None or name in self._asserting

    @cached_property
    def _asserting(self) -> frozenset[str]:
        """The helpers of this file, and those that it imports, in whose bodies something is asserted or raised."""
        found = set()
        for function in self._file.functions:
            if function.name != self._function.name and self._asserts(self._path, self._file, function):
                found.add(function.name)
        for index, binding in enumerate(self._file.bindings):
            if isinstance(binding, facts.ImportBinding) and binding.member:
                for value in self._project.names.bound(self._path, index):
                    of = getattr(value, "of", None)
                    if of is not None and not isinstance(value, ClassValue) and not isinstance(of, str):
                        other = self._project.files.facts(of.path)
                        own = other is not None and self._project.settings.is_test(of.path)
                        if other is not None and own and self._asserts(of.path, other, other.functions[of.id]):
                            found.add(binding.name)
        return frozenset(found)

    def _asserts(self, path: str, file: facts.FileFacts, function: facts.Function) -> bool:
        first, _, last, _ = function.extent
        rows = self._asserting_rows(path, file)
        at = bisect_left(rows, first)
        return at < len(rows) and rows[at] <= last

    def _asserting_rows(self, path: str, file: facts.FileFacts) -> list[int]:
        """The rows of a file's assertions and raises, sorted: asked for every function of every imported file."""
        known = self._project.vacuous_tests.asserting_rows.get(path)
        if known is None:
            rows = sorted(s.position[0] for s in file.statements if s.kind in ("assert", "raise"))
            known = self._project.vacuous_tests.asserting_rows[path] = rows
        return known

    def _is_constant(self, test: facts.ExprId) -> bool:
        """`assert True`, `assert x or True`, `assert (x, "message")`."""
        record = self._file.expressions[test]
        match record:
            case facts.Literal(kind=kind, value=value):
                return kind != "none" and value not in (False, 0, "")
            case facts.Choice(kind="or", options=options):
                return any(self._is_constant(option) for option in options)
            case facts.Sequence(kind="tuple", items=items):
                return bool(items)
        return False

    # --- what is lost ---

    def _is_lost(self, name: str, block: facts.BlockId) -> bool:
        catching = _CATCHES_OUTCOMES if name in _OUTCOMES else _CATCHES_ASSERTIONS
        return self._swallowing(block, catching) is not None or self._is_only_in_handler(block)

    def _swallowing(self, block: facts.BlockId, catching: frozenset[str]) -> facts.BlockId | None:
        """The handler that catches what a block raises, and does nothing of use with it."""
        while block in self._blocks:
            record = self._file.blocks[block]
            if record.kind == "try":
                for handler in self._handlers(record.compound):
                    if self._catches(handler, catching):
                        if self._does_nothing(handler):
                            return handler
                        break
            block = record.parent
        return None

    def _handlers(self, compound: int) -> Iterator[facts.BlockId]:
        for block in sorted(self._blocks):
            record = self._file.blocks[block]
            if record.kind == "except" and record.compound == compound:
                yield block

    def _catches(self, handler: facts.BlockId, catching: frozenset[str]) -> bool:
        headers = self._file.blocks[handler].headers
        if not headers:
            return True
        record = self._file.expressions[headers[0]]
        named = record.items if isinstance(record, facts.Sequence) else headers
        names = {(self._project.names.dotted(self._file, expr) or "").rpartition(".")[2] for expr in named}
        return bool(names & (catching | _CATCHES_OUTCOMES))

    def _does_nothing(self, handler: facts.BlockId) -> bool:
        """Whether a handler neither raises, nor checks, nor keeps what it caught."""
        below = self._below(handler)
        for statement in self._file.statements:
            if statement.block in below:
                if statement.kind in ("raise", "assign", "delete"):
                    return False
                if statement.kind == "assert" and not self._is_constant(statement.expr):
                    return False
        return not any(
            self._file.expression_blocks[call] in below and (self._may_check(name) or name in _RECORDS)
            for name, calls in self._file.calls.items()
            for call in calls
        )

    def _is_only_in_handler(self, block: facts.BlockId) -> bool:
        """Whether a block runs only after an exception, which the test does not insist on."""
        while block in self._blocks:
            record = self._file.blocks[block]
            if record.kind == "except":
                return not self._insists(record.compound)
            block = record.parent
        return False

    def _insists(self, compound: int) -> bool:
        """Whether a `try` fails where nothing is raised: a `fail()`, a `raise` or an assertion in it or in its else."""
        inside: set[facts.BlockId] = set()
        for block in self._blocks:
            record = self._file.blocks[block]
            if record.compound == compound and record.kind in ("try", "try-else"):
                inside |= self._below(block)
        return any(
            statement.block in inside and statement.kind in ("raise", "assert") for statement in self._file.statements
        ) or any(
            self._file.expression_blocks[call] in inside and self._may_check(name)
            for name, calls in self._file.calls.items()
            for call in calls
        )

    def _swallowed_act(self) -> facts.BlockId | None:
        """The handler that swallows whatever the test does: nothing but preparations stands outside of its `try`."""
        handler = None
        for name, calls in self._file.calls.items():
            for call in calls:
                if not self._is_here(call) or name in ("print", "debug", "info", "warning", "error", "sleep"):
                    continue
                block = self._file.expression_blocks[call]
                if self._is_in_handler(block):
                    continue
                swallowing = self._swallowing(block, frozenset({"Exception"}))
                if swallowing is not None:
                    handler = handler if handler is not None else swallowing
                elif self._is_statement(call):
                    return None
        return handler

    def _is_in_handler(self, block: facts.BlockId) -> bool:
        while block in self._blocks:
            if self._file.blocks[block].kind in ("except", "finally"):
                return True
            block = self._file.blocks[block].parent
        return False

    def _is_statement(self, call: facts.ExprId) -> bool:
        return any(statement.kind == "expr" and statement.expr == call for statement in self._file.statements)

    # --- blocks ---

    def _is_here(self, expr: facts.ExprId) -> bool:
        return self._file.expression_blocks[expr] in self._blocks

    def _below(self, top: facts.BlockId) -> frozenset[facts.BlockId]:
        """A block and all blocks in it, those of inner functions included."""
        found = {top}
        for block in range(top + 1, len(self._file.blocks)):  # a block is numbered after the one that it stands in
            if self._file.blocks[block].parent in found:
                found.add(block)
        return frozenset(found)

"""Why a test cannot fail, as far as the file that it stands in tells: its assertions, handlers and helpers.

Which tests are about a registry, and whether an imported helper asserts, is for the caller to know (`TestsOfFile`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.known_names import KnownNames, plain
from registry_lint.project.likely_vacuous import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTCOMES = frozenset({"fail", "raises", "warns", "skip", "xfail", "exit", "deprecated_call"})  # of BaseException
_RECORDS = frozenset({"append", "add", "put", "extend", "set_exception", "put_nowait"})
_CATCHES_ASSERTIONS = frozenset({"Exception", "BaseException", "AssertionError"})
_CATCHES_OUTCOMES = frozenset({"BaseException"})


class VacuousTest(NamedTuple):
    """A test that cannot fail. `why`: "constant", "swallowed", "handler", "act", "prints"."""

    span: Span  # of its name
    name: str
    why: str
    place: Span | None  # of the handler, or of the assertion


class TestsOfFile(ABC):
    """A file of tests: which functions are about a registry (they mention a class, an accessor, a variable called so),
    and which helpers assert."""

    def __init__(self, names: KnownNames, path: str, file: facts.FileFacts) -> None:
        self._names = names
        self.path = path
        self.facts = file

    def vacuous(self) -> Iterator[VacuousTest]:
        """The tests that are about a registry and cannot fail."""
        reads = (record for record in self.facts.expressions if isinstance(record, facts.Name | facts.Attribute))
        named = {record.id if isinstance(record, facts.Name) else record.name for record in reads}
        for function in self.facts.functions:
            if not function.name.startswith("test") or "<locals>" in function.qualname:
                continue
            run_here = function.name in named and (function.returns or function.name in self.facts.calls)
            if run_here or not self.touches(function):
                continue  # a script that runs its own tests looks at what they return
            found = _Test(self, function).vacuity()
            if found is not None:
                yield VacuousTest(Span(self.path, *function.position), function.name, *found)

    # --- about a registry ---

    @cached_property
    def _rows(self) -> list[int]:
        return sorted(
            self.facts.position(expr)[0]
            for expr, record in enumerate(self.facts.expressions)
            if isinstance(record, facts.Name | facts.Attribute) and self._is_one(expr, record)
        )

    def touches(self, function: facts.Function) -> bool:
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
        known = self._names
        return (*(f"Test{name}" for name in known.classes), *(f"test_{name}" for name in known.variables - known.roles))

    def _is_one(self, expr: facts.ExprId, record: facts.Name | facts.Attribute) -> bool:
        name = record.id if isinstance(record, facts.Name) else record.name
        if name in self._names.classes:
            return self._is_class(expr, name)
        return self._is_called_so(name)

    @abstractmethod
    def _is_class(self, expr: facts.ExprId, name: str) -> bool:
        """Whether an expression with the name of such a class means one."""

    def _is_called_so(self, name: str) -> bool:
        """`tool_registry`, and `registry`: that the test cannot fail is sure enough for a name to tell its subject."""
        bare = plain(name)
        return bare in self._names.variables or bare in self._names.roles

    # --- helpers ---

    def asserting(self, test: str) -> frozenset[str]:
        """The helpers of this file but for functions of one name, and those that it imports, in whose bodies something
        is asserted or raised."""
        return (self._own_asserting - {test}) | self._imported_asserting

    @cached_property
    def _own_asserting(self) -> frozenset[str]:
        rows = asserting_rows(self.facts)
        return frozenset(function.name for function in self.facts.functions if has_row(function, rows))

    @property
    @abstractmethod
    def _imported_asserting(self) -> frozenset[str]:
        """The imported helpers in whose bodies something is asserted or raised."""


class SketchedTests(TestsOfFile):
    """A sketch of a file, which is in no project: every test that may be one is kept. What a name means, and whether
    an imported helper asserts, is left open, so that no test is missed."""

    def __init__(self, names: KnownNames, sketch: facts.FileFacts) -> None:
        super().__init__(names, "", sketch)

    def _is_class(self, expr: facts.ExprId, name: str) -> bool:
        del expr, name
        return True

    @property
    def _imported_asserting(self) -> frozenset[str]:
        return frozenset()


def asserting_rows(file: facts.FileFacts) -> list[int]:
    """The rows of a file's assertions and raises, sorted."""
    return sorted(s.position[0] for s in file.statements if s.kind in ("assert", "raise"))


def has_row(function: facts.Function, rows: list[int]) -> bool:
    """Whether one of some sorted rows is in a function."""
    first, _, last, _ = function.extent
    at = bisect_left(rows, first)
    return at < len(rows) and rows[at] <= last


class _Test:
    """One test function."""

    def __init__(self, file: TestsOfFile, function: facts.Function) -> None:
        self._of = file
        self._path = file.path
        self._file = file.facts
        self._function = function
        self._blocks = self._below(function.block)

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
        record = self._file.expressions[call]
        assert isinstance(record, facts.Call)
        return record.arguments[0].value if record.arguments else call

    # --- checks ---

    def _may_check(self, name: str) -> bool:
        """Whether a call of this name can make a test fail on purpose: by its name, or since its body asserts."""
        return CHECKS.fullmatch(name) is not None or name in self._asserting

    @cached_property
    def _asserting(self) -> frozenset[str]:
        return self._of.asserting(self._function.name)

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
        names = {(self._file.dotted(expr) or "").rpartition(".")[2] for expr in named}
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

"""The code of a project: its files as facts, what names mean in it, where values flow, and what stands where."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from registry_lint.findings import Span
from registry_lint.project.domain import ClassRef, FunctionRef, ItemOf, MemberOf, Value
from registry_lint.project.files import Files
from registry_lint.source.sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from registry_lint.config.settings import Settings
    from registry_lint.facts.records import FileFacts, Unparsable
    from registry_lint.project.annotations import Annotations
    from registry_lint.project.classes import Classes
    from registry_lint.project.flow.solver import Flow
    from registry_lint.project.kinds import Kinds
    from registry_lint.project.names import Names
    from registry_lint.project.storing import StoringMethods
    from registry_lint.source.corpus import Corpus


class Code(ABC):
    """One project under analysis. Everything is computed when it is first asked for, and kept."""

    def __init__(
        self,
        corpus: Corpus,
        settings: Settings,
        read_facts: Callable[[bytes], FileFacts | Unparsable] = extract,
        reported: frozenset[str] | None = None,
    ) -> None:
        """`reported`: the files whose findings are asked for, all for None. What rules look through file by file is
        looked for in these alone; every question about them has the same answer as in a run over everything."""
        self.settings = settings
        self._reported = reported
        self.contracts = settings.contracts
        is_test = {path: settings.is_test(path) for path in corpus.paths}
        self.production = tuple(path for path, is_it in is_test.items() if not is_it)
        self.tests = tuple(path for path, is_it in is_test.items() if is_it)
        self.files = Files(corpus, self.production, self.tests, read_facts)
        self._expressions_at: dict[str, dict[facts.Position, facts.ExprId]] = {}

    # --- files ---

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file, sorted."""
        return self.files.corpus.paths

    @property
    def unparsable(self) -> Mapping[str, Unparsable]:
        """The files that gave no facts, as far as they were asked for."""
        return self.files.unparsable

    @property
    def reported(self) -> frozenset[str] | None:
        """The files whose findings are asked for; None: all. That somebody asked is noted, each time."""
        self.files.asked.by_reported = True
        return self._reported

    def is_reported(self, path: str) -> bool:
        """Whether findings in a file are asked for."""
        reported = self.reported
        return reported is None or path in reported

    @property
    def reported_tests(self) -> Sieve:
        """The tests whose findings are asked for."""
        return self.files.test_sieve if self.reported is None else self._reported_tests

    @cached_property
    def _reported_tests(self) -> Sieve:
        return Sieve(self.files.corpus, (self._reported or frozenset()).intersection(self.tests))

    @property
    def sieves(self) -> tuple[Sieve, ...]:
        """All that are asked for words."""
        both = (self.files.production_sieve, self.files.test_sieve)
        return both if self._reported is None else (*both, self._reported_tests)

    # --- what names mean ---

    @cached_property
    def names(self) -> Names:
        """What names mean: modules, imports, definitions."""
        from registry_lint.project.names import Names

        return Names(self.files, self.production, self.settings.source_roots)

    @cached_property
    def classes(self) -> Classes:
        """Classes: their bases, members and dotted names."""
        from registry_lint.project.classes import Classes

        return Classes(self.files, self.names, self.production)

    @cached_property
    def annotations(self) -> Annotations:
        """What annotations say."""
        from registry_lint.project.annotations import Annotations

        return Annotations(self.files, self.names)

    @cached_property
    def kinds(self) -> Kinds:
        """Which classes are schemas, tools, enumerations."""
        from registry_lint.project.kinds import Kinds

        return Kinds(self.files, self.classes, self.annotations, self.contracts)

    @cached_property
    def storing(self) -> StoringMethods:
        """Which methods keep what they are given."""
        from registry_lint.project.storing import StoringMethods

        return StoringMethods(self.files, self.classes)

    # --- flow ---

    @cached_property
    def production_flow(self) -> Flow:
        """Flow over production code only."""
        return self._flow(self.production, with_tests=False)

    @cached_property
    def whole_flow(self) -> Flow:
        """Flow over production code and tests."""
        return self._flow(self.paths, with_tests=True)

    def flow_for(self, path: str) -> Flow:
        """The flow that a question about a place in this file is asked of."""
        return self.whole_flow if self.settings.is_test(path) else self.production_flow

    @abstractmethod
    def is_storage(self, owner: ClassRef, attribute: str, /) -> bool:
        """Whether an attribute is where an object keeps to itself what it holds: a barrier to flow."""

    def _flow(self, world: tuple[str, ...], *, with_tests: bool) -> Flow:
        from registry_lint.project.flow.solver import Flow

        flow = Flow(self.files, self.names, self.classes, self.annotations, self.kinds, world, with_tests=with_tests)
        flow.storage = self.is_storage
        return flow

    # --- places ---

    def facts_of(self, path: str) -> FileFacts:
        """The facts of a file that is known to parse."""
        return self.files.parsed(path)

    def span(self, path: str, expr: facts.ExprId) -> Span:
        """Where an expression stands."""
        return self.files.parsed(path).span(path, expr)

    def place(self, path: str, position: facts.Position) -> Span:
        """A position in a file as a span."""
        return Span(path, *position)

    def call_at(self, path: str, expr: facts.ExprId) -> facts.Call:
        """The facts of a call."""
        call = self.files.parsed(path).expressions[expr]
        assert isinstance(call, facts.Call)
        return call

    def required_parameters(self, ref: FunctionRef) -> tuple[facts.Parameter, ...]:
        """The parameters that every call of a function must fill; `self` and `cls` are not among them."""
        return tuple(
            parameter
            for parameter in self._given(ref)
            if parameter.default == facts.NONE and parameter.kind in ("positional", "plain", "keyword")
        )

    def signature(self, ref: FunctionRef) -> str:
        """A function's name and parameters, for a person to read: `get_registry(kind, scope=...)`."""
        stars = {"args": "*", "kwargs": "**"}
        written = [
            f"{stars.get(parameter.kind, '')}{parameter.name}{'' if parameter.default == facts.NONE else '=...'}"
            for parameter in self._given(ref)
        ]
        return f"{self.called(ref)[:-2]}({', '.join(written)})"

    def _given(self, ref: FunctionRef) -> tuple[facts.Parameter, ...]:
        """The parameters that a call gives something to: all but `self` and `cls`."""
        from registry_lint.project.flow.attributes import decorated_as

        function = self.function(ref)
        skipped = 1 if function.class_ != facts.NONE and decorated_as(self.production_flow, ref) != "static" else 0
        return function.parameters[skipped:]

    def called(self, ref: FunctionRef) -> str:
        """A function as a person would write its call: `get_registry()`, `Factory.create()`."""
        owner = self.classes.owner(ref)
        prefix = f"{self.classes.name(owner)}." if owner is not None else ""
        return f"{prefix}{self.function(ref).name}()"

    # --- expressions, by where they stand ---

    def expression_at(self, span: Span) -> facts.ExprId:
        """The outermost expression that is exactly this span; NONE where there is none."""
        file = self.files.parsed(span.path)
        if span.path not in self._expressions_at:
            self._expressions_at[span.path] = file.by_position()
        return self._expressions_at[span.path].get(span[1:], facts.NONE)

    def with_recasing(self, span: Span) -> Span:
        """An expression with the text methods that are called on it: `type(x).__name__` with its `.lower()`."""
        file = self.files.parsed(span.path)
        expr = self.expression_at(span)
        while expr != facts.NONE:
            outer = next((call for call in self._calls_on(file, expr)), facts.NONE)
            if outer == facts.NONE:
                return self.span(span.path, expr)
            expr = outer
        return span

    def _calls_on(self, file: FileFacts, expr: facts.ExprId) -> Iterator[facts.ExprId]:
        from registry_lint.project.flow.calls import RECASING

        for name in sorted(RECASING):
            for call in file.calls.get(name, ()):
                record = file.expressions[call]
                func = file.expressions[record.func] if isinstance(record, facts.Call) else None
                if isinstance(func, facts.Attribute) and func.base == expr:
                    yield call

    def named_object(self, span: Span) -> Span | None:
        """The object whose class's name an expression takes: `x` in `type(x).__name__.lower()`."""
        file = self.files.parsed(span.path)
        expr = self.expression_at(span)
        while expr != facts.NONE:
            match file.expressions[expr]:
                case facts.Call(func=func, arguments=[first, *_]) if isinstance(file.expressions[func], facts.Name):
                    return self.span(span.path, first.value)  # type(x), getattr(x, "__class__", …)
                case facts.Call(func=func):
                    expr = func
                case facts.Attribute(base=base, name="__class__"):
                    return self.span(span.path, base)
                case facts.Attribute(base=base):
                    expr = base
                case _:
                    return None
        return None

    def is_receiver(self, span: Span) -> bool:
        """Whether an expression is the object (or class) that its method was called on: `self`, `cls`."""
        from registry_lint.project.flow.receivers import class_of_receiver

        expr = self.expression_at(span)
        return expr != facts.NONE and class_of_receiver(self.files.parsed(span.path), expr) != facts.NONE

    def is_fallback_assignment(self, span: Span) -> bool:
        """Whether an expression is the whole of an assignment in one arm of a choice, so that another arm goes on."""
        file = self.files.parsed(span.path)
        expr = self.expression_at(span)
        return any(
            statement.kind == "assign"
            and statement.expr == expr
            and file.blocks[statement.block].kind in ("else", "if", "except")
            for statement in file.statements
            if expr != facts.NONE
        )

    def calls_in(self, path: str) -> frozenset[facts.ExprId]:
        """Every call in a file."""
        return frozenset(call for calls in self.files.parsed(path).calls.values() for call in calls)

    def is_element(self, span: Span) -> bool:
        """Whether an expression is an item of a list, set or tuple display."""
        expr = self.expression_at(span)
        return expr != facts.NONE and any(
            isinstance(record, facts.Sequence) and expr in record.items
            for record in self.files.parsed(span.path).expressions
        )

    def holds_collection(self, span: Span, value: Value) -> bool:
        """Whether an expression holds a value as the member of a collection, not the value itself."""
        expr = self.expression_at(span)
        if expr == facts.NONE:
            return False
        values = self.flow_for(span.path).values(span.path, expr)
        return value not in values and any(
            isinstance(held, MemberOf | ItemOf) and held.value == value for held in values
        )

    def holds(self, span: Span, value: Value) -> bool:
        """Whether an expression can be a value itself."""
        expr = self.expression_at(span)
        return expr != facts.NONE and value in self.flow_for(span.path).values(span.path, expr)

    # --- functions ---

    def function_at(self, path: str, block: facts.BlockId) -> FunctionRef | None:
        """The innermost named function around a block; None at module and class level."""
        file = self.files.parsed(path)
        scope = file.blocks[block].scope
        while scope > 0:
            record = file.scopes[scope]
            if record.kind == "function" and file.functions[record.owner].name != "<lambda>":
                return FunctionRef(path, record.owner)
            if record.kind == "class":
                return None
            scope = record.parent
        return None

    def enclosing(self, function: FunctionRef) -> FunctionRef | None:
        """The function in which another one is defined; None for one of a module or of a class in one."""
        file = self.facts_of(function.path)
        return self.function_at(function.path, file.blocks[file.functions[function.id].block].parent)

    def function_of(self, path: str, expr: facts.ExprId) -> FunctionRef | None:
        """The innermost named function around an expression."""
        return self.function_at(path, self.files.parsed(path).expression_blocks[expr])

    def function(self, ref: FunctionRef) -> facts.Function:
        """The facts of a function."""
        return self.files.parsed(ref.path).functions[ref.id]

    def dotted(self, ref: ClassRef | FunctionRef | str) -> str:
        """The dotted name by which a class or function can be imported."""
        if isinstance(ref, FunctionRef):
            module = self.names.module_of(ref.path)
            qualname = self.function(ref).qualname
            return f"{module}.{qualname}" if module else qualname
        return self.classes.dotted(ref)

    def logger_of(self, path: str) -> str:
        """The name under which a module keeps its logger; "" where it has none."""
        names = self.files.parsed(path).scopes[0].names
        return next((name for name in ("logger", "log", "LOGGER", "LOG", "_logger", "_log") if name in names), "")

    def symbol_at(self, span: Span) -> str:
        """The qualified name of the innermost function or class around a place; "" at module level."""
        file = self.files.facts(span.path)
        if file is None:
            return ""
        best, size = "", 1 << 62
        records: tuple[facts.Function | facts.Class, ...] = (*file.functions, *file.classes)
        for record in records:
            row, column, end_row, end_column = record.extent
            inside = (row, column) <= (span.row, span.column) and (span.row, span.column) <= (end_row, end_column)
            if inside and end_row - row < size and record.name != "<lambda>":
                best, size = record.qualname, end_row - row
        return best

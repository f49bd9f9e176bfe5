"""Process-wide objects that are made when they are first asked for: the check, the store, and what guards them.

A function that tests a place (see process_wide.py) and then stores a new object there makes two objects where two
threads pass the test together.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.likely_singletons import may_keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.creations import Creations
    from registry_lint.project.domain import AnyClass, FunctionRef
    from registry_lint.project.locks import Locks
    from registry_lint.project.model import Project
    from registry_lint.project.process_wide import Place, ProcessWideStores, Store

_AWAITS = re.compile(r"\bawait\b|\basync\s+(?:with|for)\b")


class UnlockedCreation(NamedTuple):
    """An object that is made between a check and a store, with no lock around them."""

    path: str
    function: FunctionRef  # what stores it
    creation: facts.ExprId  # what makes it
    check: facts.ExprId  # the test; NONE where only the interpreter tests (a module's `__getattr__`)
    checked_in: FunctionRef  # another function, where check and store are split over two
    place: Place
    made: AnyClass


class Singletons:
    """Finds them in production code. Whether bytes look like one is asked more often than anything else here."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def locks(self) -> Locks:
        """Locks, and what stands under them."""
        from registry_lint.project.locks import Locks

        return Locks(self._project)

    @cached_property
    def _stores(self) -> ProcessWideStores:
        from registry_lint.project.process_wide import ProcessWideStores

        return ProcessWideStores(self._project)

    @cached_property
    def _creations(self) -> Creations:
        from registry_lint.project.creations import Creations

        return Creations(self._project)

    @cached_property
    def unlocked(self) -> tuple[UnlockedCreation, ...]:
        """Every such creation, sorted; of several behind one check (two arms of it), the first, and what the function
        that checks stores itself before what it has stored by another."""
        found: list[UnlockedCreation] = []
        for path in self.paths:
            behind: dict[tuple[object, Place], UnlockedCreation] = {}
            for one in sorted(self._in_file(path), key=lambda one: (one.function != one.checked_in, one.creation)):
                behind.setdefault((one.function if one.check == facts.NONE else one.check, one.place), one)
            found += sorted(behind.values(), key=lambda one: one.creation)
        return tuple(found)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files that are looked through for them, sorted."""
        return self._project.files.passing("singletons", self.candidates, self.may_hold, self.basis)

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The files that may hold one, before they are opened."""
        return tuple(path for path in self._project.production if self._project.is_reported(path))

    basis = b""
    """Names what `may_hold` knows beside a file: nothing."""

    @staticmethod
    def may_hold(_path: str, data: bytes) -> bool:
        """Whether the bytes of a file look so."""
        return may_keep(data)

    def _in_file(self, path: str) -> Iterator[UnlockedCreation]:
        file = self._project.files.facts(path)
        if file is None:
            return
        for store in dict.fromkeys(self._stores.of(path, file)):
            function = self._project.function_at(path, store.block)
            if function is None:
                continue
            made = self._creations.made(path, store.expr)
            if made is None:
                continue
            found = self._examine(path, file, function, store, made)
            if found is not None and (self.matters(made) or not self._follows_a_change(file, found)):
                yield found

    def _follows_a_change(self, file: facts.FileFacts, found: UnlockedCreation) -> bool:
        """`if _engine is None or _built_for != config:`: made again as often as what it is made of changes."""
        parts = self._project.calls.runs_in(found.path).parts(found.check) if found.check != facts.NONE else ()
        records = (file.expressions[part] for part in parts)
        return any(isinstance(record, facts.Opaque) and record.kind == "compare NotEq" for record in records)

    def matters(self, of: AnyClass) -> bool:
        """Whether a class is a registry, a tracker, or named by a contract."""
        return self._creations.matters(of)

    def simple_check(self, found: UnlockedCreation) -> tuple[Span | None, Span | None]:
        """The test of an `if` around the store that has no `else`, and the name where the place is first bound;
        (None, None) where the check has another form, or the place is bound elsewhere."""
        file = self._project.facts_of(found.path)
        arms = [block for block in file.blocks if block.headers == (found.check,)]
        inside = file.blocks[file.expression_blocks[found.creation]].headers == (found.check,)
        if inside and len(arms) == 1 and arms[0].kind == "if" and not file.functions[found.function.id].is_async:
            scope = 0 if found.place.kind == "global" else self._class_scope(file, found)
            for index in file.scopes[scope].names.get(found.place.name, ()) if scope != facts.NONE else ():
                binding = file.bindings[index]
                if binding.scope == scope and isinstance(binding, facts.ValueBinding):
                    test = self._project.span(found.path, found.check)
                    return test, self._project.place(found.path, binding.position)
        return None, None

    def _class_scope(self, file: facts.FileFacts, found: UnlockedCreation) -> facts.ScopeId:
        class_ = file.functions[found.function.id].class_
        return file.classes[class_].scope if class_ != facts.NONE and found.place.kind == "class" else facts.NONE

    def _examine(
        self, path: str, file: facts.FileFacts, function: FunctionRef, store: Store, made: AnyClass
    ) -> UnlockedCreation | None:
        if self.locks.guard_of_function(function) or self.locks.around(path, store.block, function):
            return None
        check = self._check_in(path, file, function, store)
        if check is not None:
            if self._is_safe_on_one_loop(path, file, function, check, store):
                return None
            return UnlockedCreation(path, function, store.expr, check, function, store.place, made)
        if self._answers_missing_names(file, function, store):
            return UnlockedCreation(path, function, store.expr, facts.NONE, function, store.place, made)
        return self._checked_by_caller(path, file, function, store, made)

    def _check_in(self, path: str, file: facts.FileFacts, function: FunctionRef, store: Store) -> facts.ExprId | None:
        """The test of the place on the way to its store: around it, before it with a return, or in its expression."""
        record = file.functions[function.id]
        block = store.block
        while block != facts.NONE and file.blocks[block].scope == record.scope:
            suite = file.blocks[block]
            if suite.kind in ("if", "else", "while"):
                for header in suite.headers:
                    if self._tests(path, file, header, store.place):
                        return header
            block = suite.parent
        for statement in file.statements:
            if (
                statement.kind == "if"
                and file.blocks[statement.block].scope == record.scope
                and statement.position[:2] < store.position[:2]
                and self._tests(path, file, statement.expr, store.place)
                and self._leaves(file, statement.expr)
            ):
                return statement.expr
        expression = file.expressions[store.expr]
        if isinstance(expression, facts.Choice) and self._tests(path, file, store.expr, store.place):
            return store.expr
        return None

    def _leaves(self, file: facts.FileFacts, test: facts.ExprId) -> bool:
        """Whether the arm behind a test returns; one that raises refuses a second registration, and makes nothing."""
        arms = [index for index, block in enumerate(file.blocks) if block.kind == "if" and block.headers == (test,)]
        return any(statement.block in arms and statement.kind == "return" for statement in file.statements)

    def _tests(self, path: str, file: facts.FileFacts, test: facts.ExprId, place: Place) -> bool:
        """Whether a test reads the place, or a variable that was read from it, to see whether there is something."""
        parts = tuple(self._project.calls.runs_in(path).parts(test))
        questions = _asked_for_more(file, parts, place)
        for part in parts:
            if part in questions:
                continue
            match file.expressions[part]:
                case facts.Name(id=name, bindings=bindings):
                    if name == place.name and not _is_parameter(file, bindings or ()):
                        return True
                    for index in bindings or ():
                        binding = file.bindings[index]
                        if isinstance(binding, facts.ValueBinding) and binding.expr not in (facts.NONE, test):
                            inner = self._project.calls.runs_in(path).parts(binding.expr)
                            if any(self._names(file, one, place) for one in inner):
                                return True
                case _:
                    if self._names(file, part, place):
                        return True
        return False

    def _names(self, file: facts.FileFacts, expr: facts.ExprId, place: Place) -> bool:
        match file.expressions[expr]:
            case facts.Name(id=name):
                return name == place.name
            case facts.Attribute(name=name):
                return name == place.name and place.kind != "global"
            case facts.Literal(kind="str", value=text):
                return text == place.name and place.kind == "class"  # hasattr(cls, "_instance")
            case facts.Call(func=func):
                named = file.expressions[func]
                return isinstance(named, facts.Name) and f"{named.id}()" == place.name
        return False

    def _answers_missing_names(self, file: facts.FileFacts, function: FunctionRef, store: Store) -> bool:
        """A module's `__getattr__` that keeps what it makes: the interpreter has tested that the name is missing."""
        record = file.functions[function.id]
        return record.qualname == "__getattr__" and store.place.kind in ("global", "entry")

    def _checked_by_caller(
        self, path: str, file: facts.FileFacts, function: FunctionRef, store: Store, made: AnyClass
    ) -> UnlockedCreation | None:
        """`if _registry is None: _create()`, where `_create` stores it."""
        name = file.functions[function.id].name
        for call in file.calls.get(name, ()):
            caller = self._project.function_of(path, call)
            if caller is None or caller == function:
                continue
            block = file.expression_blocks[call]
            if self.locks.around(path, block, caller) or self.locks.guard_of_function(caller):
                continue
            there = store._replace(expr=call, block=block, position=file.position(call))
            check = self._check_in(path, file, caller, there)
            if (
                check is not None
                and not self._is_safe_on_one_loop(path, file, caller, check, there)
                and any(target.of == function for target in self._project.calls.targets(path, call))
            ):
                return UnlockedCreation(path, function, store.expr, check, caller, store.place, made)
        return None

    def _is_safe_on_one_loop(
        self, path: str, file: facts.FileFacts, function: FunctionRef, check: facts.ExprId, store: Store
    ) -> bool:
        """Whether an async function gives no other task a turn between the test and the store."""
        if not file.functions[function.id].is_async:
            return False
        first = file.position(check)[0]
        last = max(file.position(store.expr)[2], store.position[2])
        lines = self._project.files.read(path).decode("utf-8", "replace").splitlines()[first - 1 : last]
        return not any(_AWAITS.search(line.partition("#")[0]) for line in lines)


def _is_parameter(file: facts.FileFacts, bindings: tuple[facts.BindingId, ...]) -> bool:
    """`if component: cls.component = …`: what the function was given is asked, and not the place of that name."""
    return bool(bindings) and all(isinstance(file.bindings[index], facts.ParameterBinding) for index in bindings)


def _asked_for_more(file: facts.FileFacts, parts: tuple[facts.ExprId, ...], place: Place) -> set[facts.ExprId]:
    """The parts of a test that read an object which is there already: of its class (`isinstance(_model, Serial)`), of
    an attribute (`table["resampler"].rate`). Whoever asks so exchanges it, and makes no first one."""
    found: set[facts.ExprId] = set()
    for part in parts:
        match file.expressions[part]:
            case facts.Attribute(base=base):
                found.update(_of_the_object(file, base, place))
            case facts.Call(func=func, arguments=[first, *_]) if file.last_name(func) == "isinstance":
                found.update(_of_the_object(file, first.value, place))
    return found


def _of_the_object(file: facts.FileFacts, expr: facts.ExprId, place: Place) -> Iterator[facts.ExprId]:
    record = file.expressions[expr]
    if place.kind != "entry":
        yield expr
    elif isinstance(record, facts.Subscript):
        yield record.base

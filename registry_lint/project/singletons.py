"""Process-wide objects that are made when they are first asked for: the check, the store, and what guards them.

A *place* is a module's global, an attribute of a class, or an entry of a table that is one of these. A function that
tests a place and then stores a new object there makes two objects where two threads pass the test together.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, FunctionRef, InstanceValue
from registry_lint.project.locks import Locks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.domain import AnyClass
    from registry_lint.project.model import Project

# Patterns begin with a line's end, so that `re` goes from line to line with memchr: with `^` they took 2.5 s.
# A global that is declared, a store on a class.
_STORING = re.compile(
    rb"\n[ \t]+(?:global |(?:cls|[A-Z]\w*|type\(self\)|\w+\.__class__)\.\w+(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t])"
)
# A table at module or class level, and the end of a store of an entry that is no literal: what stands before it on the
# line names the table (`made = _tables[key] = Table()`); a key may end on a line of its own.
_TABLE = re.compile(rb"\n {0,4}(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:\{|dict\(|[\w.]*(?:defaultdict|\w+Dict\w*)\()")
_ENTRY = re.compile(rb"\][ \t]*(?::[^=\n]{0,300})?=(?!=)[ \t\\]*(?!(?:None|True|False)\b|[rbfu]*[\"']|[\[{\d-])[^ \t]")
_SUBSCRIPTED = re.compile(rb"(\w+)\[")
_LONGEST_TARGET = 300  # bytes of a line before the `]`
_ENTRY_OF_LONG_KEY = re.compile(rb"\n[ \t]*\][ \t]*=[ \t\\]")
_NAMED_AT_LEAST = 3  # times: where the table is made, where it is tested, and where the entry is stored
_AWAITS = re.compile(r"\bawait\b|\basync\s+(?:with|for)\b")
# Objects that hold plain data or none at all: a second one that is thrown away harms nobody.
_PLAIN = frozenset(
    {
        "builtins", "collections", "datetime", "decimal", "enum", "functools", "itertools", "json", "logging",
        "pathlib", "re", "threading", "time", "types", "typing", "uuid", "weakref", "asyncio", "contextvars", "random",
        "argparse", "configparser", "importlib", "inspect", "os", "queue", "structlog", "loguru", "rich", "pydantic",
        "numpy", "pandas", "torch", "dotenv", "multiprocessing", "io", "jinja2", "string", "unittest",
    }
)  # fmt: skip


class Place(NamedTuple):
    """What holds the object: `name` as the code writes it (`_registry`, `cls._instance`, `_tables[...]`)."""

    kind: str  # "global", "class", "entry"
    name: str  # the bare name of the global, attribute or table


class UnlockedCreation(NamedTuple):
    """An object that is made between a check and a store, with no lock around them."""

    path: str
    function: FunctionRef  # what stores it
    creation: facts.ExprId  # what makes it
    check: facts.ExprId  # the test; NONE where only the interpreter tests (a module's `__getattr__`)
    checked_in: FunctionRef  # another function, where check and store are split over two
    place: Place
    made: AnyClass


class _Store(NamedTuple):
    place: Place
    expr: facts.ExprId
    block: facts.BlockId
    position: facts.Position


class Singletons:
    """Finds them in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.locks = Locks(project)

    @cached_property
    def unlocked(self) -> tuple[UnlockedCreation, ...]:
        """Every such creation, sorted; of several behind one check (two arms of it), the first."""
        found: dict[tuple[object, ...], UnlockedCreation] = {}
        for path in self.paths:
            for one in sorted(self._in_file(path), key=lambda one: one.creation):
                found.setdefault((path, one.function, one.check, one.place), one)
        return tuple(found.values())

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files that are looked through for them, sorted."""
        return self._project.files.passing("singletons", self.candidates, self.may_hold)

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The files that may hold one, before they are opened."""
        return tuple(path for path in self._project.production if self._project.is_reported(path))

    @staticmethod
    def may_hold(_path: str, data: bytes) -> bool:
        """Whether the bytes of a file look so."""
        return _may_keep(data)

    def _in_file(self, path: str) -> Iterator[UnlockedCreation]:
        file = self._project.files.facts(path)
        if file is None:
            return
        for store in dict.fromkeys(self._stores(path, file)):
            function = self._project.function_at(path, store.block)
            if function is None:
                continue
            made = self._made(path, store.expr)
            if made is None:
                continue
            found = self._examine(path, file, function, store, made)
            if found is not None:
                yield found

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

    # --- stores ---

    def _stores(self, path: str, file: facts.FileFacts) -> Iterator[_Store]:
        for binding in file.bindings:
            if (
                isinstance(binding, facts.ValueBinding)
                and binding.expr != facts.NONE
                and not binding.path
                and binding.name in file.scopes[binding.scope].global_names
            ):
                block = file.expression_blocks[binding.expr]
                yield _Store(Place("global", binding.name), binding.expr, block, binding.position)
        for store in file.attribute_stores:
            if store.expr != facts.NONE and not store.path and self._is_class(path, file, store.base):
                yield _Store(Place("class", store.name), store.expr, store.block, store.position)
        for entry in file.subscript_stores:
            if entry.expr != facts.NONE and not entry.path:
                name = self._table(path, file, entry.base)
                if name:
                    yield _Store(Place("entry", name), entry.expr, entry.block, entry.position)

    def _is_class(self, path: str, file: facts.FileFacts, base: facts.ExprId) -> bool:
        """Whether an attribute is stored on a class: `cls._x`, `Name._x`, `type(self)._x`, `self.__class__._x`."""
        match file.expressions[base]:
            case facts.Name(id="cls"):
                return True
            case facts.Attribute(name="__class__"):
                return True
            case facts.Call(func=func):
                named = file.expressions[func]
                return isinstance(named, facts.Name) and named.id == "type"
            case facts.Name(id=name):
                return name[:1].isupper() and any(
                    isinstance(value, ClassValue) for value in self._project.production_flow.types(path, base)
                )
        return False

    def _table(self, path: str, file: facts.FileFacts, base: facts.ExprId) -> str:
        """The name of a process-wide table: a module's global, an attribute of a class, `globals()`; else ""."""
        match file.expressions[base]:
            case facts.Name(id=name, bindings=bindings):
                own = [file.bindings[binding] for binding in bindings or ()]
                if all(binding.scope == 0 for binding in own) and name in file.scopes[0].names:
                    return name
            case facts.Attribute(base=owner, name=name) if self._is_class(path, file, owner):
                return name
            case facts.Attribute(base=owner, name=name):
                class_ = self._class_of_self(file, owner)
                if class_ is not None and self._is_class_attribute(file, class_, name):
                    return name
            case facts.Call(func=func):
                named = file.expressions[func]
                if isinstance(named, facts.Name) and named.id == "globals":
                    return "globals()"
        return ""

    def _class_of_self(self, file: facts.FileFacts, expr: facts.ExprId) -> facts.ClassId | None:
        record = file.expressions[expr]
        for index in (record.bindings or ()) if isinstance(record, facts.Name) else ():
            binding = file.bindings[index]
            if isinstance(binding, facts.ParameterBinding) and binding.index == 0:
                return file.functions[binding.function].class_
        return None

    def _is_class_attribute(self, file: facts.FileFacts, class_: facts.ClassId, name: str) -> bool:
        """Whether a table stands in the body of the class and no method gives an object one of its own."""
        if class_ == facts.NONE or name not in file.scopes[file.classes[class_].scope].names:
            return False
        return not any(
            store.name == name and self._class_of_self(file, store.base) == class_ for store in file.attribute_stores
        )

    # --- what is made ---

    def _made(self, path: str, expr: facts.ExprId) -> AnyClass | None:
        """The class of the object that an expression makes, where it makes one that is more than plain data."""
        if not self._makes(self._project.facts_of(path), expr):
            return None
        for value in self._project.production_flow.values(path, expr):
            if isinstance(value, InstanceValue) and not self._is_plain(value.of):
                return value.of
        return self._made_by_metaclass(path, expr)

    def _made_by_metaclass(self, path: str, expr: facts.ExprId) -> AnyClass | None:
        """`super().__call__(…)` in a metaclass: an object of the classes that have it; one that matters, if any."""
        project = self._project
        file = project.facts_of(path)
        call = self._instantiating(file, expr)
        function = project.function_of(path, call) if call is not None else None
        owner = project.classes.owner(function) if function is not None else None
        if owner is None or "builtins.type" not in project.classes.order(owner):
            return None
        name = project.classes.name(owner)
        pattern = re.compile(rb"metaclass\s*=\s*(?:\w+\.)*" + re.escape(name.encode()) + rb"\b")
        users = [
            ClassRef(other, index)
            for other, _ in project.files.matching(name, pattern)
            for index, record in enumerate(project.facts_of(other).classes)
            for keyword in record.keywords
            if keyword.name == "metaclass" and ClassValue(owner) in project.production_flow.types(other, keyword.value)
        ]
        users = [of for of in users if not self._is_plain(of)]
        return next((of for of in users if self.matters(of)), users[0] if users else None)

    def _instantiating(self, file: facts.FileFacts, expr: facts.ExprId) -> facts.ExprId | None:
        """The call `super().__call__(…)` that an expression or a local variable is; None where it is none."""
        match file.expressions[expr]:
            case facts.Call(func=func):
                called = file.expressions[func]
                if isinstance(called, facts.Attribute) and called.name == "__call__":
                    return expr
            case facts.Name(bindings=tuple() as bindings):
                for index in bindings:
                    binding = file.bindings[index]
                    if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE:
                        made = file.expressions[binding.expr]
                        if isinstance(made, facts.Call):
                            return self._instantiating(file, binding.expr)
        return None

    def _makes(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        match file.expressions[expr]:
            case facts.Call():
                return True
            case facts.Choice(options=options):
                return any(self._makes(file, option) for option in options)
            case facts.Name(bindings=tuple() as bindings):
                return any(
                    isinstance(binding, facts.ValueBinding)
                    and binding.expr != facts.NONE
                    and isinstance(file.expressions[binding.expr], facts.Call)
                    and binding.scope != 0
                    for binding in (file.bindings[index] for index in bindings)
                )
        return False

    def _is_plain(self, of: AnyClass) -> bool:
        if isinstance(of, str):
            return of.partition(".")[0] in _PLAIN or not of.rpartition(".")[2][:1].isupper()
        kinds, classes = self._project.kinds, self._project.classes
        if kinds.has_schema_base(of) and not kinds.has_tool_base(of):
            return True
        if any(isinstance(base, str) and base.endswith(("Exception", "Error")) for base in classes.order(of)):
            return True
        own = (base for base in classes.order(of) if isinstance(base, ClassRef))
        return not any(
            not name.startswith("__") or name in ("__call__", "__init__")
            for base in own
            for name in classes.record(base).methods
        )

    def matters(self, of: AnyClass) -> bool:
        """Whether a class is a registry, a tracker, or named by a contract."""
        project = self._project
        if not isinstance(of, ClassRef):
            return False
        registry = project.registries.all.get(of)
        if (registry is not None and registry.named) or of in project.trackers.all:
            return True
        return project.classes.dotted(of) in {contract.path for contract in project.contracts.canonical}

    # --- the check ---

    def _examine(
        self, path: str, file: facts.FileFacts, function: FunctionRef, store: _Store, made: AnyClass
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

    def _check_in(self, path: str, file: facts.FileFacts, function: FunctionRef, store: _Store) -> facts.ExprId | None:
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
        """Whether a test reads the place, or a variable that was read from it."""
        for part in self._project.calls.runs_in(path).parts(test):
            match file.expressions[part]:
                case facts.Name(id=name, bindings=bindings):
                    if name == place.name:
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

    def _answers_missing_names(self, file: facts.FileFacts, function: FunctionRef, store: _Store) -> bool:
        """A module's `__getattr__` that keeps what it makes: the interpreter has tested that the name is missing."""
        record = file.functions[function.id]
        return record.qualname == "__getattr__" and store.place.kind in ("global", "entry")

    def _checked_by_caller(
        self, path: str, file: facts.FileFacts, function: FunctionRef, store: _Store, made: AnyClass
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
            there = _Store(store.place, call, block, file.position(call))
            check = self._check_in(path, file, caller, there)
            if (
                check is not None
                and not self._is_safe_on_one_loop(path, file, caller, check, there)
                and any(target.of == function for target in self._project.calls.targets(path, call))
            ):
                return UnlockedCreation(path, function, store.expr, check, caller, store.place, made)
        return None

    def _is_safe_on_one_loop(
        self, path: str, file: facts.FileFacts, function: FunctionRef, check: facts.ExprId, store: _Store
    ) -> bool:
        """Whether an async function gives no other task a turn between the test and the store."""
        if not file.functions[function.id].is_async:
            return False
        first = file.position(check)[0]
        last = max(file.position(store.expr)[2], store.position[2])
        lines = self._project.files.read(path).decode("utf-8", "replace").splitlines()[first - 1 : last]
        return not any(_AWAITS.search(line.partition("#")[0]) for line in lines)


def _may_keep(data: bytes) -> bool:
    """Whether the bytes of a file look as if it kept an object in one of the places."""
    data = b"\n" + data
    if b"globals()" in data or _STORING.search(data):
        return True
    tables = set(_TABLE.findall(data))
    if not tables:
        return False
    if _ENTRY_OF_LONG_KEY.search(data):
        return True
    stored: set[bytes] = set()
    for entry in _ENTRY.finditer(data):
        earliest = max(0, entry.start() - _LONGEST_TARGET)
        line = max(data.rfind(b"\n", earliest, entry.start()), earliest)
        stored.update(_SUBSCRIPTED.findall(data, line, entry.start()))
    return any(data.count(name) >= _NAMED_AT_LEAST for name in tables & stored)

"""What is made for one user or connection and kept: where it is kept, and whether anything ever lets go of it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span, Step
from registry_lint.project.domain import CERTAIN, LIKELY, ClassRef, ClassValue, FunctionRef, FunctionValue, Level
from registry_lint.project.storing import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

# What a class offers for its own end. `clear` is no offer: every table has it.
_OFFERED = re.compile(
    r"_*(?:async_|a)?(?:cleanup|clean_up|close|dispose|release|shutdown|teardown|tear_down|destroy|stop|unregister_all)"
    r"(?:_\w+)?|__a?exit__"
)
# What lets go of something, called on it, or given it.
_LETS_GO = re.compile(
    r"_*(?:async_|a)?(?:cleanup|clean_up|close|dispose|release|shutdown|teardown|tear_down|destroy|stop|unregister"
    r"|deregister|disconnect|clear|cancel|finalize|enter_context|enter_async_context|push_async_callback|callback)(?:_\w+)?"
)
_TAKES_OUT = frozenset({"pop", "popitem", "clear", "remove", "discard"})
_WEAK = frozenset({"WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "ref", "finalize", "TTLCache", "LRUCache"})
_DISPATCHER = re.compile(rb"class[ \t]+\w*Dispatcher\b")
_DEEPEST = 6  # calls that something is handed out through
_SITES = 40  # callers of one function


class Keeping(NamedTuple):
    """A place that keeps something beyond the call that made it."""

    kind: str  # "attribute" of an object, or "table"
    path: str
    name: str  # of the attribute, or of the table
    owner: ClassRef | None  # the class whose objects hold it; None for a module's table
    span: Span


class Kept(NamedTuple):
    """A way to a place that keeps something. `path` and `expr`: what is kept, where it is kept."""

    keeping: Keeping
    steps: tuple[Step, ...]
    path: str
    expr: facts.ExprId


class Unreleased(NamedTuple):
    """A registry or dispatcher made for somebody, and kept with no end."""

    path: str
    expr: facts.ExprId  # the construction, or the call that hands it out to where it is kept
    made: Span
    of: ClassRef
    served: str  # the name that tells for whom: `user_id`
    keeping: Keeping
    offered: str  # what would release it, in words: `cleanup()`
    steps: tuple[Step, ...]
    level: Level


class Lifetimes:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._let_go: dict[tuple[str, str, ClassRef | None], bool] = {}

    @cached_property
    def unreleased(self) -> tuple[Unreleased, ...]:
        """Every construction for one user or connection that is kept and never released, sorted by place."""
        found: dict[tuple[str, facts.ExprId], Unreleased] = {}
        for of in self._classes:
            for path, expr, level in self._constructions(of):
                for one in self._examined(path, expr, of, level):
                    found.setdefault((one.path, one.expr), one)
        return tuple(found[key] for key in sorted(found))

    def _constructions(self, of: ClassRef) -> Iterator[tuple[str, facts.ExprId, Level]]:
        """The calls that make an object of a class; `cls.__new__(cls)` in its own methods included."""
        for edge in self._project.calls.callers_of_class(of):
            yield edge.path, edge.expr, edge.level
        for call in self._project.facts_of(of.path).calls.get("__new__", ()):
            function = self._project.function_of(of.path, call)
            owner = self._project.classes.owner(function) if function is not None else None
            if owner == of and function is not None and self._project.function(function).name != "__new__":
                yield of.path, call, CERTAIN

    @cached_property
    def _classes(self) -> tuple[ClassRef, ...]:
        """Registries by their names, and dispatchers."""
        project = self._project
        found = {ref for ref, registry in project.registries.all.items() if registry.named}
        for path, _ in project.files.matching("Dispatcher", _DISPATCHER):
            file = project.files.facts(path)
            for index, record in enumerate(file.classes if file else ()):
                if record.name.endswith("Dispatcher"):
                    found.add(ClassRef(path, index))
        return tuple(sorted(ref for ref in found if not project.settings.is_test(ref.path)))

    def _offer(self, of: ClassRef) -> str:
        """The method by which a class is released; "" where it has none."""
        told = self._project.contracts.release_names
        for name in sorted(self._project.members.of(of).methods):
            if _OFFERED.fullmatch(name) or name in told:
                return name
        return ""

    def _offer_of_owner(self, keeping: Keeping, of: ClassRef) -> str:
        """The method by which the owner lets other things go, where what it keeps can at least be emptied."""
        if keeping.owner is None or "clear" not in self._project.members.of(of).methods:
            return ""
        offered = self._offer(keeping.owner)
        return f"clear() in {self._project.classes.name(keeping.owner)}.{offered}()" if offered else ""

    def _examined(self, path: str, expr: facts.ExprId, of: ClassRef, level: Level) -> Iterator[Unreleased]:
        function = self._project.function_of(path, expr)
        served = self._served(path, expr, function) if function is not None else ""
        if not served:
            return
        ways: list[Kept] = []
        if not self._follow(path, expr, (), ways, 0):
            return
        for way in ways:
            offered = f"{name}()" if (name := self._offer(of)) else self._offer_of_owner(way.keeping, of)
            if offered and not self._is_let_go(way.keeping):
                reached = LIKELY if way.steps[:-1] else level
                made = self._project.span(path, expr)
                yield Unreleased(way.path, way.expr, made, of, served, way.keeping, offered, way.steps, reached)

    # --- for whom ---

    def _served(self, path: str, expr: facts.ExprId, function: FunctionRef) -> str:
        """The name that says that a function, or an object of its class, serves one user or connection."""
        project = self._project
        at_hand = project.contexts.at_hand(path, expr)
        if at_hand is not None:
            return at_hand.name
        owner = project.classes.owner(function)
        for constructor in project.classes.find_method(owner, "__init__") if owner is not None else ():
            for parameter in project.function(constructor).parameters:
                if parameter.name in project.contracts.contexts.names:
                    return parameter.name
        return ""

    # --- where it goes ---

    def _follow(
        self,
        path: str,
        expr: facts.ExprId,
        steps: tuple[Step, ...],
        found: list[Kept],
        depth: int,
    ) -> bool:
        """Collect where an expression's value is kept; False where it is released on the way, or kept weakly."""
        project = self._project
        file = project.facts_of(path)
        uses = [expr]
        for index, binding in enumerate(file.bindings):
            if isinstance(binding, facts.ValueBinding) and binding.expr == expr and not binding.path:
                uses += [i for i, e in enumerate(file.expressions) if isinstance(e, facts.Name) and index in (e.bindings or ())]
            elif isinstance(binding, facts.ValueBinding) and binding.expr == expr and binding.path == (("enter", 0),):
                return False
        for use in uses:
            if self._is_released_here(file, use):
                return False
        for use in uses:
            kept = self._kept(path, file, use)
            found += (Kept(keeping, (*steps, Step(keeping.span, "kept here")), path, expr) for keeping in kept)
            if depth < _DEEPEST and not self._handed_on(path, expr, use, steps, found, depth):
                return False
        return True

    def _kept(self, path: str, file: facts.FileFacts, use: facts.ExprId) -> Iterator[Keeping]:
        project = self._project
        for store in file.attribute_stores:
            if store.expr == use and not store.path:
                owner = self._owner(path, file, store.base)
                if owner is not None:
                    yield Keeping("attribute", path, store.name, owner, project.place(path, store.position))
        for table in file.subscript_stores:
            if table.expr == use and not table.path:
                base = file.expressions[table.base]
                span = project.place(path, table.position)
                if isinstance(base, facts.Attribute):
                    owner = self._owner(path, file, base.base)
                    if owner is not None:
                        yield Keeping("table", path, base.name, owner, span)
                elif isinstance(base, facts.Name) and base.id in file.scopes[0].names and not base.bindings:
                    yield Keeping("table", path, base.id, None, span)

    def _owner(self, path: str, file: facts.FileFacts, base: facts.ExprId) -> ClassRef | None:
        record = file.expressions[base]
        if not isinstance(record, facts.Name) or record.id not in ("self", "cls"):
            return None
        function = self._project.function_of(path, base)
        return self._project.classes.owner(function) if function is not None else None

    def _is_released_here(self, file: facts.FileFacts, use: facts.ExprId) -> bool:
        """`with registry:`, `registry.close()`, `stack.enter_context(registry)`, `weakref.ref(registry)`."""
        if any(use in block.headers and block.kind == "with" for block in file.blocks):
            return True
        for record in file.expressions:
            if not isinstance(record, facts.Call):
                continue
            func = file.expressions[record.func]
            name = func.name if isinstance(func, facts.Attribute) else func.id if isinstance(func, facts.Name) else ""
            on_it = isinstance(func, facts.Attribute) and func.base == use
            given = any(argument.value == use for argument in record.arguments)
            if (on_it or given) and (_LETS_GO.fullmatch(name) or (given and name in _WEAK)):
                return True
        return any(isinstance(r, facts.Attribute) and r.base == use and _OFFERED.fullmatch(r.name) for r in file.expressions)

    def _handed_on(
        self,
        path: str,
        expr: facts.ExprId,
        use: facts.ExprId,
        steps: tuple[Step, ...],
        found: list[Kept],
        depth: int,
    ) -> bool:
        """Follow what is returned to the callers, and what is passed on into the callee."""
        project = self._project
        file = project.facts_of(path)
        function = project.function_of(path, use)
        if function is not None and use in project.function(function).returns:
            for edge in project.calls.callers(function)[:_SITES]:
                step = Step(project.span(edge.path, edge.expr), "handed out here")
                theirs: list[Kept] = []
                if edge.how == "call" and self._follow(edge.path, edge.expr, (*steps, step), theirs, depth + 1):
                    found += theirs  # each caller has one of its own, and its own duty
        for index, record in enumerate(file.expressions):
            if not isinstance(record, facts.Call) or all(argument.value != use for argument in record.arguments):
                continue
            for value in self._called(path, record.func):
                ways = self._enter(path, index, use, value)
                if ways is None:
                    return False
                found += (Kept(keeping, (*steps, *more), path, expr) for keeping, more in ways)
        return True

    def _called(self, path: str, func: facts.ExprId) -> Iterator[FunctionValue]:
        """The functions that a call runs, constructors included."""
        for value in self._project.production_flow.types(path, func):
            if isinstance(value, FunctionValue):
                yield value
            elif isinstance(value, ClassValue) and isinstance(value.of, ClassRef):
                for constructor in self._project.classes.find_method(value.of, "__init__"):
                    yield FunctionValue(constructor, bound=True)

    def _enter(
        self, path: str, call: facts.ExprId, use: facts.ExprId, value: FunctionValue
    ) -> list[tuple[Keeping, tuple[Step, ...]]] | None:
        """Where a function keeps an argument; None where it releases it."""
        project = self._project
        callee = value.of
        file = project.facts_of(callee.path)
        parameters = file.functions[callee.id].parameters
        record = project.call_at(path, call)
        found: list[tuple[Keeping, tuple[Step, ...]]] = []
        for index in range(len(parameters)):
            if argument_for(record, parameters, index, int(value.bound)) != use:
                continue
            step = Step(project.span(path, call), f"passed to {project.called(callee)}")
            names = [i for i, e in enumerate(file.expressions) if self._is_parameter(file, e, callee.id, index)]
            if any(self._is_released_here(file, name) for name in names):
                return None
            for name in names:
                for keeping in self._kept(callee.path, file, name):
                    found.append((keeping, (step, Step(keeping.span, "kept here"))))
        return found

    def _is_parameter(self, file: facts.FileFacts, record: facts.Expr, function: int, index: int) -> bool:
        for binding in (record.bindings or ()) if isinstance(record, facts.Name) else ():
            bound = file.bindings[binding]
            if isinstance(bound, facts.ParameterBinding) and (bound.function, bound.index) == (function, index):
                return True
        return False

    # --- who lets go ---

    def _is_let_go(self, keeping: Keeping) -> bool:
        """Whether anything that runs releases what a place keeps, takes it out, or keeps it weakly."""
        key = (keeping.path, keeping.name, keeping.owner)
        if key not in self._let_go:
            self._let_go[key] = self._looked_up(keeping)
        return self._let_go[key]

    def _looked_up(self, keeping: Keeping) -> bool:
        project = self._project
        paths = dict.fromkeys((keeping.path, *project.files.mentioning(keeping.name)))
        orphans = {orphan.function for orphan in project.releases.orphans}
        for path in paths:
            file = project.files.facts(path)
            if file is None:
                continue
            for expr, record in enumerate(file.expressions):
                name = record.name if isinstance(record, facts.Attribute) else getattr(record, "id", "")
                if name != keeping.name:
                    continue
                if self._ends(file, expr, keeping) and project.function_of(path, expr) not in orphans:
                    return True
        return self._is_weak(keeping)

    def _ends(self, file: facts.FileFacts, expr: facts.ExprId, keeping: Keeping) -> bool:
        """Whether something at a place ends what is kept: on it, on an entry, by taking it out, by handing it over."""
        if self._is_released_here(file, expr):
            return True
        for index, record in enumerate(file.expressions):
            match record:
                case facts.Attribute(base=base, name=name) if base == expr:
                    if keeping.kind == "table" and name in (*_TAKES_OUT, "items", "values"):
                        return True  # taken out, or looped over: a loop that releases is not told from one that counts
                case facts.Subscript(base=base) if base == expr and keeping.kind == "table":
                    if self._is_released_here(file, index) or self._is_deleted(file, index):
                        return True
        return self._is_deleted(file, expr) or self._is_looped(file, expr)

    def _is_deleted(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        return any(statement.kind == "delete" and statement.expr == expr for statement in file.statements)

    def _is_looped(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        return any(block.kind == "for" and expr in block.headers for block in file.blocks)

    def _is_weak(self, keeping: Keeping) -> bool:
        """A table of weak references, or one that forgets by itself; an attribute that is set to None somewhere."""
        file = self._project.facts_of(keeping.path)
        made = [store.expr for store in file.attribute_stores if store.name == keeping.name]
        made += [b.expr for b in file.bindings if isinstance(b, facts.ValueBinding) and b.name == keeping.name]
        for expr in made:
            record = file.expressions[expr] if expr != facts.NONE else None
            if isinstance(record, facts.Call):
                called = (self._project.names.dotted(file, record.func) or "").rpartition(".")[2]
                if called in _WEAK:
                    return True
        for store in file.attribute_stores:
            if store.name == keeping.name and store.expr != facts.NONE and keeping.kind == "attribute":
                record = file.expressions[store.expr]
                function = self._project.function_at(keeping.path, store.block)
                ends = function is not None and _LETS_GO.fullmatch(self._project.function(function).name)
                if ends and isinstance(record, facts.Literal) and record.kind == "none":
                    return True
        return False

"""What is made for one user or connection and kept: where it is kept, and whether anything ever lets go of it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span, Step
from registry_lint.project.domain import CERTAIN, LIKELY, ClassRef, ClassValue, FunctionRef, FunctionValue, Level
from registry_lint.project.dropped import Dropped
from registry_lint.project.endings import OFFERED, Endings, Keeping, is_released_here
from registry_lint.project.filled_once import slot_filled_once
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.contexts import Context
    from registry_lint.project.model import Project

_DISPATCHER = re.compile(rb"class[ \t]+\w*Dispatcher\b")
# A table with one of these as its key holds one for each.
_EACH = re.compile(r"(?:\w+_)?(?:user|session|connection|conversation|websocket)_?(?:id|uuid|key)")
_DEEPEST = 6  # calls that something is handed out through
_SITES = 40  # callers of one function


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
    offered: str  # what would release it, in words: `cleanup()`; "" where nothing but its table can let it go
    steps: tuple[Step, ...]
    level: Level


class Lifetimes:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._endings = Endings(project)
        self._dropped = Dropped(project)

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
        for name in sorted(self._project.members.of(of).methods, key=lambda name: (name.startswith("_"), name)):
            if OFFERED.fullmatch(name) or name in told:
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
        if function is None:
            return
        serves = self._served(path, expr, function)
        ways: list[Kept] = []
        if not self._follow(path, expr, (), ways, 0):
            return
        for way in ways:
            each = way.keeping.key if _EACH.fullmatch(way.keeping.key) else ""
            served = serves or each
            if not served or not self._project.is_reported(way.path):
                continue
            offered = f"{name}()" if (name := self._offer(of)) else self._offer_of_owner(way.keeping, of)
            if (offered or each) and not self._endings.is_let_go(way.keeping):
                if len(ways) == 1 and self._dropped.goes_with_its_holder(way.keeping, of):
                    continue
                reached = LIKELY if way.steps[:-1] or not (serves and offered) else level
                made = self._project.span(path, expr)
                yield Unreleased(way.path, way.expr, made, of, served, way.keeping, offered, way.steps, reached)

    # --- for whom ---

    def _served(self, path: str, expr: facts.ExprId, function: FunctionRef) -> str:
        """The name that says that a function, or an object of its class, serves one user or connection."""
        project = self._project
        at_hand = project.contexts.at_hand(path, expr)
        if at_hand is not None and not self._is_for_all(path, expr, at_hand):
            return at_hand.name
        owner = project.classes.owner(function)
        for constructor in project.classes.find_method(owner, "__init__") if owner is not None else ():
            for parameter in project.function(constructor).parameters:
                if parameter.name in project.contracts.contexts.names:
                    return parameter.name
        return ""

    def _is_for_all(self, path: str, expr: facts.ExprId, at_hand: Context) -> bool:
        """Whether the first user makes it for all that come after: it knows nothing of whom it is made for, and fills
        what is tested to be empty."""
        record = self._project.facts_of(path).expressions[expr]
        bare = isinstance(record, facts.Call) and not record.arguments
        of_object = at_hand.name.startswith("self.")  # the object is made for one itself
        return bare and not of_object and slot_filled_once(self._project, path, expr) is not None

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
                uses += [
                    number
                    for number, name in enumerate(file.expressions)
                    if isinstance(name, facts.Name) and index in (name.bindings or ())
                ]
            elif isinstance(binding, facts.ValueBinding) and binding.expr == expr and binding.path == (("enter", 0),):
                return False
        for use in uses:
            if is_released_here(file, use):
                return False
        for use in uses:
            kept = self._kept(path, file, use)
            found += (Kept(keeping, (*steps, Step(keeping.span, "kept here")), path, expr) for keeping in kept)
            if depth < _DEEPEST and not self._handed_on(path, expr, use, steps, found, depth):
                return False
        return True

    def _kept(self, path: str, file: facts.FileFacts, use: facts.ExprId) -> Iterator[Keeping]:
        """Where a value is stored: itself, in a tuple or dict that is stored, or put into a list."""
        project = self._project
        held = {use, *(number for number, record in enumerate(file.expressions) if _holds(record, use))}
        for store in file.attribute_stores:
            if store.expr in held and not store.path:
                owner = self._owner(path, file, store.base)
                if owner is not None:
                    yield Keeping("attribute", path, store.name, owner, project.place(path, store.position))
        for table in file.subscript_stores:
            if table.expr in held and not table.path:
                yield from self._table(path, file, table.base, project.place(path, table.position), table.key)
        for method in ("append", "add", "setdefault"):
            for call in file.calls.get(method, ()):
                record = project.call_at(path, call)
                func = file.expressions[record.func]
                if isinstance(func, facts.Attribute) and any(argument.value in held for argument in record.arguments):
                    key = record.arguments[0].value if method == "setdefault" else facts.NONE
                    yield from self._table(path, file, func.base, project.span(path, call), key)

    def _table(
        self, path: str, file: facts.FileFacts, table: facts.ExprId, span: Span, key: facts.ExprId
    ) -> Iterator[Keeping]:
        """A table that outlives the call: an attribute of an object, a global of a module."""
        base, named = file.expressions[table], file.last_name(key) if key != facts.NONE else ""
        if isinstance(base, facts.Attribute):
            owner = self._owner(path, file, base.base)
            if owner is not None:
                yield Keeping("table", path, base.name, owner, span, named)
        elif isinstance(base, facts.Name) and base.id in file.scopes[0].names and not base.bindings:
            yield Keeping("table", path, base.id, None, span, named)

    def _owner(self, path: str, file: facts.FileFacts, base: facts.ExprId) -> ClassRef | None:
        record = file.expressions[base]
        if not isinstance(record, facts.Name) or record.id not in ("self", "cls"):
            return None
        function = self._project.function_of(path, base)
        return self._project.classes.owner(function) if function is not None else None

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
            if any(is_released_here(file, name) for name in names):
                return None
            for name in names:
                kept = self._kept(callee.path, file, name)
                found.extend((keeping, (step, Step(keeping.span, "kept here"))) for keeping in kept)
        return found

    def _is_parameter(self, file: facts.FileFacts, record: facts.Expr, function: int, index: int) -> bool:
        for binding in (record.bindings or ()) if isinstance(record, facts.Name) else ():
            bound = file.bindings[binding]
            if isinstance(bound, facts.ParameterBinding) and (bound.function, bound.index) == (function, index):
                return True
        return False


def _holds(record: facts.Expr, use: facts.ExprId) -> bool:
    """Whether a display holds a value."""
    match record:
        case facts.Sequence(items=items):
            return use in items
        case facts.Mapping(items=pairs):
            return any(value == use for _, value in pairs)
    return False

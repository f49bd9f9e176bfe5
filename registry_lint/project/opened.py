"""What a function opens itself: who closes that again has tidied up after himself, and released nothing of others.

`session = SessionLocal()`, `async with get_session() as session`, `connection = pool.acquire()`. What comes out of
something that is kept (a parameter, an attribute, a global, an entry of a table, or what a function hands out of one
of these) was there before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, ExternalValue, FunctionRef, FunctionValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry_lint.project.model import Project

_DEEPEST = 4  # functions that one hands out what another one opened
# Calls that hand on (members of) what they are given.
_HANDING_ON = frozenset(
    {"list", "tuple", "set", "dict", "sorted", "reversed", "iter", "enumerate", "next", "anext", "cast", "copy"}
    | {"deepcopy", "closing", "aclosing", "wait_for", "shield", "enter_context", "enter_async_context", "getattr"}
)
# Methods that read, or take, something out of a container.
_OUT_OF = frozenset({"pop", "popitem", "popleft", "get", "get_nowait", "setdefault", "values", "items", "keys"})
# What opens something, where the call is not resolved: by its name, or since it is called like a class or a factory.
_OPENING = re.compile(
    r"_*(?:async_|a)?(?:open|connect|acquire|checkout|getconn|borrow|create|make|new|begin|build|start|spawn)(?:_\w+)?"
    r"|\w*(?:[Ff]actory|[Mm]aker|Local)|_*[A-Z]\w*[a-z]\w*"
)
_FOUND_ELSEWHERE = re.compile(r"(?:get|current|all|active|running|default)(?:_\w+)?")  # `asyncio.get_event_loop()`
_MEMOISING = re.compile(r"\w*(?:cache|cached|singleton|memo|memoize|memoise|once)\w*")


class Opened:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._makers: dict[FunctionRef, bool] = {}

    def is_opened_here(self, path: str, expr: facts.ExprId) -> bool:
        """Whether an expression is (a part of) what the function around it opened, whichever way leads there."""
        return self._is_new(path, expr, 0)

    def _is_new(self, path: str, expr: facts.ExprId, depth: int) -> bool:
        """Whether at least one way leads to something new, and none to what was there before."""
        answers = set(self._origins(path, self._project.facts_of(path), expr, depth, set()))
        return answers == {True}

    def _origins(
        self, path: str, file: facts.FileFacts, expr: facts.ExprId, depth: int, seen: set[facts.BindingId]
    ) -> Iterator[bool]:
        """For each way that leads to an expression, whether what stands there is new; nothing for a None."""
        match file.expressions[expr]:
            case facts.Attribute(base=base) | facts.Subscript(base=base):
                yield from self._origins(path, file, base, depth, seen)
            case facts.Name(bindings=tuple() as bindings):
                yield from self._bound(path, file, bindings, depth, seen)
            case facts.Choice(options=options):
                for option in options:
                    yield from self._origins(path, file, option, depth, seen)
            case facts.Call() as call:
                yield from self._called(path, file, call, depth, seen)
            case facts.Sequence() | facts.Mapping() | facts.Comprehension() | facts.Joined():
                yield True
            case facts.Literal(kind=kind):
                if kind != "none":
                    yield True
            case _:
                yield False

    def _bound(
        self,
        path: str,
        file: facts.FileFacts,
        bindings: Iterable[facts.BindingId],
        depth: int,
        seen: set[facts.BindingId],
    ) -> Iterator[bool]:
        for index in bindings:
            if index in seen:
                continue
            seen.add(index)
            match file.bindings[index]:
                case facts.MergedBinding(options=options) | facts.NarrowedBinding(options=options):
                    yield from self._bound(path, file, options, depth, seen)
                case facts.OpaqueBinding():
                    pass
                case facts.ValueBinding(expr=expr, path=way) if expr != facts.NONE:
                    made = file.expressions[expr]
                    if not way or (way[0][0] in ("element", "enter", "item") and isinstance(made, facts.Call)):
                        entered = bool(way) and way[0][0] == "enter"
                        origins = set(self._origins(path, file, expr, depth, seen))
                        yield from {True} if entered and self._only_enters(path, made) else origins
                    else:
                        yield False  # a member of something: of what, is not followed here
                case _:
                    yield False

    def _only_enters(self, path: str, made: facts.Expr) -> bool:
        """Whether a `with` enters what a call hands out of which nothing is known: it ends with the block."""
        if not isinstance(made, facts.Call):
            return False
        name = self._project.facts_of(path).last_name(made.func)
        return name not in _OUT_OF | _HANDING_ON and not any(
            isinstance(value, FunctionValue) for value in self._project.production_flow.types(path, made.func)
        )

    def _called(
        self, path: str, file: facts.FileFacts, call: facts.Call, depth: int, seen: set[facts.BindingId]
    ) -> Iterator[bool]:
        """Whether a call opens something: builds an object, or runs a function that hands out a new one."""
        name = file.last_name(call.func)
        if name in _OUT_OF:
            yield False
        elif name in _HANDING_ON:
            given = [argument.value for argument in call.arguments if argument.name == ""]
            if given:
                yield from self._origins(path, file, given[0], depth, seen)
            else:
                yield True
        else:
            known = False
            for value in self._project.production_flow.types(path, call.func):
                match value:
                    case ClassValue(of=of):
                        known = True
                        yield not (isinstance(of, ClassRef) and self._project.classes.find_method(of, "__new__"))
                    case FunctionValue(of=of) if self._hands_out(of):
                        known = True
                        yield self._makes_one(of, depth)
                    case ExternalValue():
                        known = True
                        yield _FOUND_ELSEWHERE.fullmatch(name) is None
            if not known:
                yield _OPENING.fullmatch(name) is not None

    def _hands_out(self, function: FunctionRef) -> tuple[facts.ExprId, ...]:
        record = self._project.function(function)
        return record.yields or record.returns

    def _makes_one(self, function: FunctionRef, depth: int) -> bool:
        """Whether a function hands out something new, and keeps it nowhere."""
        known = self._makers.get(function)
        if known is not None:
            return known
        if depth >= _DEEPEST:
            return False
        self._makers[function] = False  # one that calls itself
        file = self._project.facts_of(function.path)
        handed = self._hands_out(function)
        made = not self._memoises(file, function) and not any(self._is_kept(file, expr) for expr in handed)
        answers = [set(self._origins(function.path, file, expr, depth + 1, set())) for expr in handed] if made else []
        found = self._makers[function] = any(answers) and all(answer <= {True} for answer in answers)
        return found

    def _memoises(self, file: facts.FileFacts, function: FunctionRef) -> bool:
        for decorator in file.functions[function.id].decorators:
            record = file.expressions[decorator]
            dotted = file.dotted(record.func if isinstance(record, facts.Call) else decorator)
            if _MEMOISING.fullmatch((dotted or "").rpartition(".")[2]):
                return True
        return False

    def _is_kept(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        """Whether what a function hands out is stored besides: in an attribute, in a table, in a list."""
        record = file.expressions[expr]
        bindings = record.bindings if isinstance(record, facts.Name) else None
        same = {expr}
        if bindings:
            same |= {
                number
                for number, other in enumerate(file.expressions)
                if isinstance(other, facts.Name) and set(other.bindings or ()) & set(bindings)
            }
            same |= {b.expr for i in bindings if isinstance(b := file.bindings[i], facts.ValueBinding) and not b.path}
        stored = {store.expr for store in file.attribute_stores} | {store.expr for store in file.subscript_stores}
        if not same.isdisjoint(stored):
            return True
        return any(
            isinstance(call := file.expressions[number], facts.Call)
            and any(argument.value in same for argument in call.arguments)
            for name in ("append", "add", "setdefault", "put", "put_nowait", "appendleft", "register")
            for number in file.calls.get(name, ())
        )

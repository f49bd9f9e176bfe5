"""Calls that somebody else makes later, with arguments that are written out here.

`partial(f, a)`, `asyncio.to_thread(f, a)`, `pool.submit(f, a)`, `tasks.add_task(f, a)`, `Thread(target=f, args=(a,))`;
and once for each member of what is written: `map(f, xs)`, `starmap(f, pairs)`, `reduce(f, xs, first)`.
"""

from __future__ import annotations

from typing import NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, LIKELY, Level

# The last name of what is called → the position of the function; what follows it is for the function.
_POSITIONS = {
    "partial": 0,
    "to_thread": 0,
    "run_in_executor": 1,
    "submit": 0,
    "add_task": 0,
    "run_sync": 0,
    "start_soon": 0,
    "call_soon": 0,
    "call_soon_threadsafe": 0,
    "call_later": 1,
    "call_at": 1,
}
_EACH = frozenset({"map", "starmap", "imap", "imap_unordered", "reduce"})
_WITH_TARGET = frozenset({"Thread", "Process"})
_SURE = frozenset({"partial", "to_thread", "run_in_executor", *_WITH_TARGET})


class Deferred(NamedTuple):
    """A function that is called later, and the call in which it is then given what is written here."""

    function: facts.ExprId
    call: facts.Call
    level: Level  # by the name of a method alone: `submit` may be anybody's
    each: frozenset[facts.ExprId] = frozenset()  # arguments that are given one member at a time


def deferred(file: facts.FileFacts, call: facts.Call) -> Deferred | None:
    """What a call defers; None where it is none of those that do."""
    func = file.expressions[call.func]
    name = func.id if isinstance(func, facts.Name) else func.name if isinstance(func, facts.Attribute) else ""
    level = CERTAIN if name in _SURE else LIKELY
    if name in _WITH_TARGET:
        given = {argument.name: argument.value for argument in call.arguments}
        if "target" not in given:
            return None
        arguments = (*_listed(file, given.get("args")), *_named(file, given.get("kwargs")))
        return Deferred(given["target"], facts.Call(given["target"], arguments), level)
    if name in _EACH:
        sure = isinstance(func, facts.Name) or name in ("starmap", "reduce")  # and not `pool.map`
        return _for_each(call, name, CERTAIN if sure else LIKELY)
    position = _POSITIONS.get(name, len(call.arguments))
    if position >= len(call.arguments) or any(argument.name for argument in call.arguments[: position + 1]):
        return None
    function = call.arguments[position].value
    return Deferred(function, facts.Call(function, call.arguments[position + 1 :]), level)


def _for_each(call: facts.Call, name: str, level: Level) -> Deferred | None:
    """`map(f, xs, ys)`, `starmap(f, pairs)`, `reduce(f, xs, first)`."""
    if any(argument.name for argument in call.arguments) or len(call.arguments) < 2:
        return None
    function, *others = (argument.value for argument in call.arguments)
    each = frozenset(others[:1] if name in ("starmap", "reduce") else others)
    if name == "reduce":
        others = [others[-1], others[0]]  # what was reached so far, and the next
    elif name == "starmap":
        return Deferred(function, facts.Call(function, (facts.Argument("*", others[0]),)), level, each)
    return Deferred(function, facts.Call(function, tuple(facts.Argument("", one) for one in others)), level, each)


def _listed(file: facts.FileFacts, args: facts.ExprId | None) -> tuple[facts.Argument, ...]:
    """`args=(a, b)`."""
    record = file.expressions[args] if args is not None else None
    if not isinstance(record, facts.Sequence):
        return ()
    return tuple(
        facts.Argument("*", inner.value)
        if isinstance(inner := file.expressions[item], facts.Starred)
        else facts.Argument("", item)
        for item in record.items
    )


def _named(file: facts.FileFacts, kwargs: facts.ExprId | None) -> tuple[facts.Argument, ...]:
    """`kwargs={"a": a}`, as far as the names are written out."""
    record = file.expressions[kwargs] if kwargs is not None else None
    if not isinstance(record, facts.Mapping):
        return ()
    return tuple(
        facts.Argument(key.value, value)
        for index, value in record.items
        if index != facts.NONE
        and isinstance(key := file.expressions[index], facts.Literal)
        and isinstance(key.value, str)
    )

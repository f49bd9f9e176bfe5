"""Calls that somebody else makes later, with arguments that are written out here.

`partial(f, a)`, `asyncio.to_thread(f, a)`, `pool.submit(f, a)`, `tasks.add_task(f, a)`, `Thread(target=f, args=(a,))`.
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
_WITH_TARGET = frozenset({"Thread", "Process"})
_SURE = frozenset({"partial", "to_thread", "run_in_executor", *_WITH_TARGET})


class Deferred(NamedTuple):
    """A function that is called later, and the call in which it is then given what is written here."""

    function: facts.ExprId
    call: facts.Call
    level: Level  # by the name of a method alone: `submit` may be anybody's


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
    position = _POSITIONS.get(name, len(call.arguments))
    if position >= len(call.arguments) or any(argument.name for argument in call.arguments[: position + 1]):
        return None
    function = call.arguments[position].value
    return Deferred(function, facts.Call(function, call.arguments[position + 1 :]), level)


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

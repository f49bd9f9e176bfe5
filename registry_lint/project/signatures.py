"""Which calls fit which parameters (what would raise TypeError is not what runs), and which argument each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Sequence

_BY_POSITION = ("positional", "plain")


def fits(call: facts.Call, parameters: Sequence[facts.Parameter], filled: int) -> bool:
    """Whether a call gives all that a function needs and nothing that it does not take.

    `filled` parameters at the front are given otherwise: the object, what `partial` holds.
    """
    named = {argument.name for argument in call.arguments} - {"", "*", "**"}
    given = sum(argument.name == "" for argument in call.arguments)
    unpacked = any(argument.name in ("*", "**") for argument in call.arguments)
    kinds = {parameter.kind for parameter in parameters}
    by_position = [parameter for parameter in parameters if parameter.kind in _BY_POSITION][filled:]
    if given > len(by_position) and "args" not in kinds:
        return False
    if "kwargs" not in kinds and not named <= {parameter.name for parameter in parameters}:
        return False
    left = (*by_position[given:], *(parameter for parameter in parameters if parameter.kind == "keyword"))
    return unpacked or all(one.default != facts.NONE or one.name in named for one in left)


def stands_in(own: Sequence[facts.Parameter], declared: Sequence[facts.Parameter]) -> bool:
    """Whether a method takes the arguments that a declared one does: as many, and those by keyword only."""
    kinds = {parameter.kind for parameter in own}
    here = [parameter for parameter in own if parameter.kind in _BY_POSITION]
    there = [parameter for parameter in declared if parameter.kind in _BY_POSITION]
    required = sum(parameter.default == facts.NONE for parameter in here)
    by_keyword = {parameter.name for parameter in declared if parameter.kind == "keyword"}
    return (
        required <= len(there) + len(by_keyword)
        and (len(here) >= len(there) or "args" in kinds)
        and (by_keyword <= {parameter.name for parameter in own} or "kwargs" in kinds)
    )


def argument_for(call: facts.Call, parameters: tuple[facts.Parameter, ...], index: int, skipped: int) -> facts.ExprId:
    """The argument of a call that a parameter takes; NONE where it is not written out."""
    if index < 0:
        return facts.NONE
    parameter = parameters[index]
    for argument in call.arguments:
        if argument.name == parameter.name and parameter.kind in ("plain", "keyword"):
            return argument.value
    plain = [i for i, p in enumerate(parameters) if p.kind in ("positional", "plain")]
    if index not in plain:
        return facts.NONE
    position = plain.index(index) - skipped
    positional: list[facts.ExprId] = []
    for argument in call.arguments:
        if argument.name == "*":
            break
        if argument.name == "":
            positional.append(argument.value)
    return positional[position] if 0 <= position < len(positional) else facts.NONE

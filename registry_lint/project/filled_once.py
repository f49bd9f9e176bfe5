"""Attributes and globals that are filled only while they are empty: `if self.tools is None: self.tools = Tools()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project


class Slot(NamedTuple):
    """An attribute of the objects of a class, or a global of the module (`owner` is then NONE)."""

    owner: facts.ClassId
    name: str


def slot_filled_once(project: Project, path: str, made: facts.ExprId) -> Slot | None:
    """What an expression is stored in, where that is tested to be empty around it; None elsewhere."""
    file = project.facts_of(path)
    for slot in _stored_in(file, made):
        for block in project.branches.around(path, file.expression_blocks[made]):
            if file.blocks[block].kind == "if" and any(
                _is_test_of(file, header, slot) for header in file.blocks[block].headers
            ):
                return slot
    return None


def _stored_in(file: facts.FileFacts, made: facts.ExprId) -> Iterator[Slot]:
    for store in file.attribute_stores:
        if store.expr == made and not store.path:
            owner = class_of_receiver(file, store.base)
            if owner != facts.NONE:
                yield Slot(owner, store.name)
    for binding in file.bindings:
        if (
            isinstance(binding, facts.ValueBinding)
            and binding.expr == made
            and not binding.path
            and binding.name in file.scopes[binding.scope].global_names
        ):
            yield Slot(facts.NONE, binding.name)


def _is_test_of(file: facts.FileFacts, test: facts.ExprId, slot: Slot) -> bool:
    """`slot is None`, `slot == None`, `not slot`; with something else, too: `not slot and enabled`."""
    record = file.expressions[test]
    if isinstance(record, facts.Choice) and record.kind == "and":
        return any(_is_test_of(file, option, slot) for option in record.options)
    if not isinstance(record, facts.Opaque) or record.kind not in ("compare Is", "compare Eq", "not"):
        return False
    if record.kind != "not" and not any(
        isinstance(part := file.expressions[expr], facts.Literal) and part.kind == "none" for expr in record.parts
    ):
        return False
    return any(_names(file, expr, slot) for expr in record.parts)


def _names(file: facts.FileFacts, expr: facts.ExprId, slot: Slot) -> bool:
    match file.expressions[expr]:
        case facts.Attribute(base=base, name=name):
            return name == slot.name and slot.owner != facts.NONE and class_of_receiver(file, base) == slot.owner
        case facts.Name(id=name):
            return name == slot.name and slot.owner == facts.NONE
    return False

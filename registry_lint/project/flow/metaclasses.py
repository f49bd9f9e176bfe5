"""Methods that are given classes as they are made: `__init_subclass__`, and the methods of metaclasses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.project.domain import AnyClass, ClassRef, ClassValue, UnknownValue

if TYPE_CHECKING:
    from registry_lint.facts import records as facts
    from registry_lint.project.domain import Level
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.solver import Flow


def seed_deriving(flow: Flow, node: Node, owner: ClassRef) -> None:
    """What `cls` is in `__init_subclass__`: every class that derives from the one that has it; that one, where none
    is known."""
    for ref in flow.classes.subclasses(owner) or (owner,):
        flow.graph.seed(node, ClassValue(ref))


def is_metaclass(flow: Flow, of: AnyClass) -> bool:
    """Whether instances of a class are classes themselves."""
    return isinstance(of, ClassRef) and "builtins.type" in flow.classes.order(of)


def seed_made(flow: Flow, node: Node, metaclass: ClassRef, level: Level) -> None:
    """The classes that a metaclass makes: those that name it, and all that derive from them."""
    made = _made_by(flow, metaclass)
    for ref in made:
        flow.graph.seed(node, ClassValue(ref), level)
    if not made:
        flow.graph.seed(node, UnknownValue("a class made at run time"), level)


def _made_by(flow: Flow, metaclass: ClassRef) -> tuple[ClassRef, ...]:
    name = flow.classes.name(metaclass)
    pattern = re.compile(rb"metaclass\s*=\s*[\w.]*\b" + re.escape(name.encode()) + rb"\b")
    found: dict[ClassRef, None] = {}
    for path, _ in flow.files.matching(name, pattern):
        file = flow.files.facts(path) if path in flow.world else None
        for index, record in enumerate(file.classes if file else ()):
            if file is not None and _names(flow, path, file, record, metaclass):
                ref = ClassRef(path, index)
                found.update(dict.fromkeys((ref, *flow.classes.subclasses(ref))))
    return tuple(found)


def _names(flow: Flow, path: str, file: facts.FileFacts, record: facts.Class, metaclass: ClassRef) -> bool:
    for keyword in record.keywords:
        dotted = file.dotted(keyword.value) if keyword.name == "metaclass" else None
        if dotted is not None:
            scope = flow.names.scope_of(path, keyword.value)
            return ClassValue(metaclass) in flow.names.resolve(path, scope, dotted)
    return False

"""Members that a class leaves open for those that derive from it: `def tools(self): return []`, `tool_classes = ()`,
`self.tools = []`.

Read on `self`, such a member is likely what one of the subclasses has in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.solver import Flow

_MOST = 40  # classes that fill in one member


def filling_in(flow: Flow, path: str, base: facts.ExprId, name: str) -> tuple[ClassRef, ...]:
    """The subclasses that have a member of their own where `self` is asked for one that its class leaves open."""
    class_ = class_of_receiver(flow.facts(path), base)
    if class_ == facts.NONE or name.startswith("__"):
        return ()
    owner = ClassRef(path, class_)
    own = [one for one in flow.classes.order(owner) if isinstance(one, ClassRef)]
    if not any(_has(flow, one, name) for one in own) or not all(_is_left_open(flow, one, name) for one in own):
        return ()
    found = tuple(one for one in flow.classes.subclasses(owner) if _has(flow, one, name) or _fills(flow, one, name))
    if len(found) > _MOST:
        flow.graph.cut(f"a member that more than {_MOST} classes fill in: what they have there is not seen")
        return ()
    return found


def _has(flow: Flow, of: ClassRef, name: str) -> bool:
    return bool(flow.classes.members(of, name)) or any(_stored(flow, of, name))


def _stored(flow: Flow, of: ClassRef, name: str) -> Iterator[facts.AttributeStore]:
    """The stores `self.name = …` in the methods of a class."""
    file = flow.facts(of.path)
    for store in flow.indexes.attribute_stores(of.path, name):
        if class_of_receiver(file, store.base) == of.id:
            yield store


def _fills(flow: Flow, of: ClassRef, name: str) -> bool:
    """Whether methods of a class put something into the container that its objects have: `self.tools.append(x)`."""
    file = flow.facts(of.path)
    return any(
        isinstance(target := file.expressions[mutation.target], facts.Attribute)
        and class_of_receiver(file, target.base) == of.id
        for mutation in flow.indexes.attribute_mutations(of.path, name)
    )


def _is_left_open(flow: Flow, owner: ClassRef, name: str) -> bool:
    file = flow.facts(owner.path)
    if _fills(flow, owner, name) or not all(_is_empty(file, store.expr) for store in _stored(flow, owner, name)):
        return False
    for index in flow.classes.members(owner, name):
        match file.bindings[index]:
            case facts.FunctionBinding(function=function):
                record = file.functions[function]
                if record.yields or record.delegates or not all(_is_empty(file, one) for one in record.returns):
                    return False
            case facts.ValueBinding(expr=expr, path=()):
                if not _is_empty(file, expr):
                    return False
            case _:
                return False
    return True


def _is_empty(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is nothing, or an empty container."""
    match file.expressions[expr] if expr != facts.NONE else None:
        case None | facts.Sequence(items=()) | facts.Mapping(items=()) | facts.Literal(kind="none"):
            return True
        case facts.Call(func=func, arguments=()):
            called = file.expressions[func]
            return isinstance(called, facts.Name) and called.id in ("list", "dict", "tuple", "set")
    return False

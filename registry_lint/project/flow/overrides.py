"""Members that a class leaves open for those that derive from it: `def tools(self): return []`, `tool_classes = ()`.

Read on `self`, such a member is likely what one of the subclasses has in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from registry_lint.project.flow.solver import Flow

_MOST = 40  # classes that fill in one member


def filling_in(flow: Flow, path: str, base: facts.ExprId, name: str) -> tuple[ClassRef, ...]:
    """The subclasses that have a member of their own where `self` is asked for one that its class leaves open."""
    class_ = class_of_receiver(flow.facts(path), base)
    if class_ == facts.NONE or name.startswith("__"):
        return ()
    owner = ClassRef(path, class_)
    having = (one for one in flow.classes.order(owner) if isinstance(one, ClassRef) and flow.classes.members(one, name))
    home = next(having, None)
    if home is None or not _is_left_open(flow, home, name):
        return ()
    found = tuple(one for one in flow.classes.subclasses(owner) if flow.classes.members(one, name))
    if len(found) > _MOST:
        flow.graph.cut(f"a member that more than {_MOST} classes fill in: what they have there is not seen")
        return ()
    return found


def _is_left_open(flow: Flow, owner: ClassRef, name: str) -> bool:
    file = flow.facts(owner.path)
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

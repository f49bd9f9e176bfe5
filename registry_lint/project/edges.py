"""One way from a caller to a callee, and how it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from registry_lint.facts import records as facts
    from registry_lint.project.domain import FunctionRef, Level
    from registry_lint.project.runs_in import Node

How: TypeAlias = Literal[
    "call",  # f(), x.f()
    "construct",  # C(): its __init__, __new__, __post_init__
    "property",  # x.f, where f is a property
    "operator",  # with x, for … in x, x[i], len(x), x + y: a special method
    "dependency",  # Depends(f) in a parameter or decorator of the caller
    "name",  # x.f() on something unknown, where one class only has a method of that name
    "decorator",  # the caller is decorated with it
    "reference",  # the caller passes it on, stores it or returns it: a callback
    "override",  # a method that overrides the one that is called
    "text",  # the caller holds its name as a text: getattr, "module:function"
]
DIRECT: frozenset[How] = frozenset({"call", "construct", "property", "operator", "dependency", "name"})
EVERYTHING: frozenset[How] = DIRECT | {"decorator", "reference", "override"}


class Edge(NamedTuple):
    """One way from a caller to a callee; `expr` is the call, or the name where it is only referred to."""

    source: Node
    target: FunctionRef
    path: str  # the file that `expr` is in
    expr: facts.ExprId
    how: How
    level: Level


def place_of(edge: Edge) -> tuple[str, int, str]:
    """What edges are sorted by."""
    return (edge.path, edge.expr, edge.how)

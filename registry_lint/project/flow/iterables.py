"""What functions of the library make of iterables: built-ins, collections, itertools, functools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.project.domain import ItemOf, Level, MemberOf, Value
from registry_lint.project.flow.graph import Filter, Node
from registry_lint.project.flow.guards import accepts
from registry_lint.project.flow.operations import apply

if TYPE_CHECKING:
    from registry_lint.facts import records as facts
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow

# dotted name → (position of the argument that flows into the result, what happens to it)
LIBRARY: dict[str, tuple[int, Operation]] = {
    "builtins.list": (0, ("collection",)),
    "builtins.tuple": (0, ("collection",)),
    "builtins.set": (0, ("collection",)),
    "builtins.frozenset": (0, ("collection",)),
    "builtins.sorted": (0, ("collection",)),
    "builtins.reversed": (0, ("collection",)),
    "builtins.iter": (0, ("collection",)),
    "builtins.sum": (0, ("element",)),  # of lists: `sum(lists, [])`
    "builtins.next": (0, ("element",)),
    "builtins.min": (0, ("element",)),
    "builtins.max": (0, ("element",)),
    "builtins.enumerate": (0, ("enumerated",)),
    "collections.deque": (0, ("collection",)),
    "collections.OrderedDict": (0, ("from-pairs",)),
    "collections.defaultdict": (1, ("from-pairs",)),
    "itertools.chain.from_iterable": (0, ("path", "element", 0, "collection", 0)),
    "itertools.groupby": (0, ("grouped",)),
    "itertools.islice": (0, ("collection",)),
    "itertools.cycle": (0, ("collection",)),
    "itertools.takewhile": (1, ("collection",)),
    "itertools.dropwhile": (1, ("collection",)),
    "builtins.dict.fromkeys": (1, ("entry-of",)),
}


def mapped(flow: Flow, node: Node, key: ExprAt, positional: list[int]) -> None:
    """`map(f, xs)`: members are what `f` yields."""
    from registry_lint.project.flow.calls import result_node

    if not positional:
        return

    def arrive(value: Value, level: Level) -> None:
        result = result_node(flow, value, key.typed)
        if isinstance(result, Node):
            flow.graph.flow(result, node, ("member",), level)
        elif result is not None:
            flow.graph.seed(node, MemberOf(result), level)

    flow.graph.watch(flow.type_node(key.path, positional[0]), arrive)


def filtered(flow: Flow, node: Node, key: ExprAt, positional: list[int], *, holds: bool) -> None:
    """`filter(test, xs)`, `filterfalse(test, xs)`: the members for which the test holds, as far as that is known."""
    if len(positional) < 2:
        return
    path, test = key.path, positional[0]

    def passing(value: Value) -> tuple[Value, ...]:
        held = value.value if isinstance(value, MemberOf | ItemOf) else value
        verdict = accepts(flow, path, test, held)
        return apply(("collection",), value) if verdict is None or verdict == holds else ()

    operation = Filter("filter", passing, ("filter", path, test, holds))
    flow.graph.flow(flow.node(path, positional[1], key.typed), node, operation)


def reduced(flow: Flow, node: Node, key: ExprAt, positional: list[int]) -> None:
    """`reduce(f, xs, first)`: what `f` yields, or what it begins with."""
    from registry_lint.project.flow.calls import flow_result

    if len(positional) < 2:
        return
    begin = ("same",) if len(positional) > 2 else ("element",)
    flow.graph.flow(flow.node(key.path, positional[2 if len(positional) > 2 else 1], key.typed), node, begin)

    def arrive(value: Value, level: Level) -> None:
        flow_result(flow, value, node, key.typed, level)

    flow.graph.watch(flow.type_node(key.path, positional[0]), arrive)
    if _is_joining(flow, key.path, positional[0]):
        flow.graph.flow(flow.node(key.path, positional[1], key.typed), node, ("element",))


def _is_joining(flow: Flow, path: str, func: facts.ExprId) -> bool:
    """`reduce(operator.add, lists)`: members of all of them."""
    dotted = flow.facts(path).dotted(func) or ""
    return dotted.rpartition(".")[2] in ("add", "concat", "iconcat", "iadd", "or_", "ior")

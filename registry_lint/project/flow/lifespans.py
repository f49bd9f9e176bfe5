"""What an application keeps in its state, or yields while it lives, and its requests read there (Starlette, FastAPI).

`yield {"tools": TOOLS}` in the function that is passed as `lifespan=`, and `request.state.tools`; `app.state.tools =
TOOLS`, and `request.app.state.tools`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import LIKELY, DisplayValue, FunctionRef, FunctionValue
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.mappings import entry_node
from registry_lint.project.flow.parts import flow_parts

if TYPE_CHECKING:
    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Filter, Node
    from registry_lint.project.flow.keys import StateAt
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow

_PASSED = re.compile(rb"lifespan\s*=")


def ask_state(
    flow: Flow, node: Node, path: str, attribute: facts.Attribute, operation: Operation | Filter, note: Note
) -> None:
    """Let `request.state.name` read what lifespans yield under that name. `app.state` is another state."""
    file = flow.facts(path)
    state = file.expressions[attribute.base]
    if not isinstance(state, facts.Attribute) or state.name != "state":
        return
    match file.expressions[state.base]:
        case facts.Name(id="app" | "self") | facts.Attribute(name="app"):
            return
    for function in _lifespans(flow):
        for yielded in flow.facts(function.path).functions[function.id].yields:

            def arrive(value: Value, _level: Level) -> None:
                if isinstance(value, DisplayValue):
                    entry = entry_node(flow, value, attribute.name, typed=False)
                    flow.graph.flow(entry, node, operation, LIKELY, note)

            flow.graph.watch(flow.value_node(function.path, yielded), arrive)


def is_of_a_state(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is the state of an application: `app.state`, `request.app.state`."""
    record = file.expressions[expr]
    return isinstance(record, facts.Attribute) and record.name == "state"


def expand_state(flow: Flow, node: Node, key: StateAt) -> None:
    """What the state holds under a name, asked for types: what one place stores, of the reader's own program if any."""
    everywhere = flow.indexes.outside_stores(key.name, flow.limits.field_stores) or ()
    stores = [(path, store) for path, store in everywhere if is_of_a_state(flow.facts(path), store.base)]
    program = flow.names.program(key.path)
    own = [(path, store) for path, store in stores if flow.names.program(path) == program] or stores
    told = [(path, store) for path, store in own if not is_none(flow.facts(path), store.expr)]
    for path, store in told if len(told) == 1 else ():
        note = Note(f"stored as attribute {store.name}", Span(path, *store.position))
        flow_parts(flow, flow.type_node(path, store.expr), node, path, store.path, LIKELY, note)


def is_none(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is None, as it stands there."""
    record = file.expressions[expr]
    return isinstance(record, facts.Literal) and record.kind == "none"


def _lifespans(flow: Flow) -> tuple[FunctionRef, ...]:
    """The functions that are passed as `lifespan=`."""
    if flow.lifespans is None:
        found: dict[FunctionRef, None] = {}
        for path, _ in flow.files.matching("lifespan", _PASSED):
            file = flow.files.facts(path) if path in flow.world else None
            for record in file.expressions if file else ():
                for argument in record.arguments if isinstance(record, facts.Call) else ():
                    if file is not None and argument.name == "lifespan":
                        found.update(dict.fromkeys(_functions(flow, path, file, argument.value)))
        flow.lifespans = tuple(found)
    return flow.lifespans


def _functions(flow: Flow, path: str, file: facts.FileFacts, expr: facts.ExprId) -> list[FunctionRef]:
    dotted = file.dotted(expr)
    targets = flow.names.resolve(path, flow.names.scope_of(path, expr), dotted) if dotted is not None else {}
    return [target.of for target in targets if isinstance(target, FunctionValue)]

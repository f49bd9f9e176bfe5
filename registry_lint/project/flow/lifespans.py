"""What an application yields while it lives, and its requests read as their state.

`yield {"tools": TOOLS}` in the function that is passed as `lifespan=`, and `request.state.tools` (Starlette, FastAPI).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import LIKELY, DisplayValue, FunctionRef, FunctionValue
from registry_lint.project.flow.mappings import entry_node

if TYPE_CHECKING:
    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Filter, Node, Note
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
    dotted = flow.names.dotted(file, expr)
    targets = flow.names.resolve(path, flow.names.scope_of(path, expr), dotted) if dotted is not None else {}
    return [target.of for target in targets if isinstance(target, FunctionValue)]

"""Classes that are handed on for somebody else to make objects of them.

`field(default_factory=ToolRegistry)`, `defaultdict(ToolRegistry)`, `Depends(ToolRegistry)`, `map(ToolRegistry, names)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN
from registry_lint.project.flow.deferred import deferred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import Level

_TAKING_FIRST = frozenset({"defaultdict", "Depends", "Provide", "Inject"})
_CALLING_LATER = frozenset({"map", "to_thread", "run_in_executor", "submit", "run_sync"})
# Where that may be written, in the bytes of a file.
PASSED = re.compile(
    rb"(?:factory\s*=|(?:defaultdict|Depends|Provide|Inject|map|to_thread|submit|run_sync)\(|run_in_executor\([^,()]*,)"
    rb"\s*(?:\w+\.)*\w+"
)


def passed_as_factory(file: facts.FileFacts, call: facts.Call) -> Iterator[tuple[facts.ExprId, Level]]:
    """What a call is handed to make objects with, as it is or with its first arguments given."""
    name = file.last_name(call.func)
    if name in _TAKING_FIRST:
        given = call.arguments[:1]
    else:
        given = tuple(one for one in call.arguments if one.name in ("default_factory", "factory", "dependency"))
    for argument in given:
        record = file.expressions[argument.value]
        if isinstance(record, facts.Call) and file.last_name(record.func) == "partial" and record.arguments:
            yield record.arguments[0].value, CERTAIN
        else:
            yield argument.value, CERTAIN
    if name in _CALLING_LATER:
        later = deferred(file, call)
        if later is not None:
            yield later.function, later.level

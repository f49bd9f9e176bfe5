"""Locks: whether one is held where a statement runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef, InstanceValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_NAMED = re.compile(r"\w*(?:lock|mutex|guard|semaphore|critical|synchroni[sz]e|condition|exclusive)\w*", re.IGNORECASE)
_CLASSES = re.compile(
    r"(?:threading|multiprocessing|asyncio|anyio|filelock|fasteners|gevent|eventlet|redis|trio)\b.*"
    r"(?:Lock|Semaphore|Condition)"
)
_DECORATORS = re.compile(
    r"\w*(?:lock|synchroni[sz]ed|once|cache|cached|lru_cache|singleton|thread_?safe|memoi[sz]e)\w*", re.IGNORECASE
)
_HELD_BY_NAME = re.compile(r"\w*_(?:un)?locked(?:_\w+)?|\w*_(?:with|under)_lock\w*|\w*_(?:nolock|no_lock)\w*")


class Locks:
    """Judges blocks and functions of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._guarded: dict[FunctionRef, bool] = {}

    def around(self, path: str, block: facts.BlockId, function: FunctionRef) -> bool:
        """Whether a block of a function runs with a lock held: a `with` around it, or an `acquire()` before it."""
        file = self._project.facts_of(path)
        scope = file.functions[function.id].scope
        inner = block
        while inner != facts.NONE and file.blocks[inner].scope == scope:
            record = file.blocks[inner]
            if record.kind == "with" and any(self.is_lock(path, header) for header in record.headers):
                return True
            inner = record.parent
        return self._acquired_before(file, scope, file.blocks[block].position)

    def _acquired_before(self, file: facts.FileFacts, scope: facts.ScopeId, position: facts.Position) -> bool:
        for name, calls in file.calls.items():
            if name != "acquire" and not (_NAMED.fullmatch(name) and "acquire" in name.lower()):
                continue
            for call in calls:
                block = file.blocks[file.expression_blocks[call]]
                if block.scope == scope and (position == (0, 0, 0, 0) or file.position(call)[:2] <= position[2:]):
                    return True
        return False

    def is_lock(self, path: str, expr: facts.ExprId) -> bool:
        """Whether a context manager is a lock, or a helper that takes one."""
        file = self._project.facts_of(path)
        record = file.expressions[expr]
        target = record.func if isinstance(record, facts.Call) else expr
        last = (file.dotted(target) or "").rpartition(".")[2]
        if _NAMED.fullmatch(last):
            return True
        flow = self._project.production_flow
        for value in flow.types(path, expr):
            if isinstance(value, InstanceValue) and _CLASSES.match(self._project.classes.dotted(value.of)):
                return True
        return any(self._takes_lock(ref) for ref in self._helpers(path, expr))

    def _helpers(self, path: str, expr: facts.ExprId) -> Iterator[FunctionRef]:
        if isinstance(self._project.facts_of(path).expressions[expr], facts.Call):
            for target in self._project.calls.targets(path, expr):
                yield target.of

    def _takes_lock(self, ref: FunctionRef) -> bool:
        """Whether a helper (a context manager) takes a lock in its body."""
        file = self._project.facts_of(ref.path)
        scope = file.functions[ref.id].scope
        for block in file.blocks:
            if block.scope == scope and block.kind == "with":
                for header in block.headers:
                    record = file.expressions[header]
                    target = record.func if isinstance(record, facts.Call) else header
                    if _NAMED.fullmatch((file.dotted(target) or "").rpartition(".")[2]):
                        return True
        return any(file.blocks[file.expression_blocks[call]].scope == scope for call in file.calls.get("acquire", ()))

    # --- functions that run with a lock held ---

    def guard_of_function(self, function: FunctionRef) -> bool:
        """Whether a function only ever runs with a lock held: by a decorator, by its name, by all of its callers."""
        known = self._guarded.get(function)
        if known is None:
            self._guarded[function] = False  # a function that calls itself guards nothing
            known = self._guarded[function] = self._find_guard(function)
        return known

    def _find_guard(self, function: FunctionRef) -> bool:
        file = self._project.facts_of(function.path)
        record = file.functions[function.id]
        if _HELD_BY_NAME.fullmatch(record.name):
            return True
        for decorator in record.decorators:
            expr = file.expressions[decorator]
            target = expr.func if isinstance(expr, facts.Call) else decorator
            if _DECORATORS.fullmatch((file.dotted(target) or "").rpartition(".")[2]):
                return True
        if not record.name.startswith("_") or record.name in ("__new__", "__getattr__", "__init__"):
            return False
        callers = self._project.calls.callers(function)
        return bool(callers) and all(
            isinstance(edge.source, FunctionRef)
            and (
                self.around(edge.path, self._project.facts_of(edge.path).expression_blocks[edge.expr], edge.source)
                or self.guard_of_function(edge.source)
            )
            for edge in callers
        )

"""What a function releases: registries, dispatchers, connections or sessions that were there before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ExternalValue
from registry_lint.project.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import FunctionRef
    from registry_lint.project.model import Project

# `reset_…` and `clear_…` are left out: they are mostly there for tests, which is what calls them.
_VERBS = (
    "cleanup|clean_up|close|release|dispose|teardown|tear_down|shutdown|shut_down|unregister|deregister|disconnect"
    "|destroy|purge|evict|reap|prune|expire"
)
NAMED = re.compile(rf"_*(?:async_|force_|auto_)?(?:{_VERBS})_\w+")
# What tells a function's name from that of its twin for the other kind of caller: `close_pool`, `aclose_pool`.
TWINS = re.compile(rf"^_*(?:async_|sync_|a(?={_VERBS}))?|_a?sync$")
_NOUNS = {
    "registries": re.compile(r"regist(?:ry|ries)", re.IGNORECASE),
    "dispatchers": re.compile(r"dispatcher", re.IGNORECASE),
    "connections": re.compile(r"connection|websocket|(?:^|_)sockets?(?:_|$)", re.IGNORECASE),
    "sessions": re.compile(r"session", re.IGNORECASE),
}
_RELEASING = frozenset(
    {"clear", "close", "aclose", "cleanup", "clean_up", "pop", "popitem", "remove", "discard", "unregister", "dispose"}
    | {"release", "shutdown", "disconnect", "stop", "cancel", "terminate", "destroy", "delete", "deregister", "reset"}
)
# A method that says which ones it releases, and no more: its class says of what, `ConnectionPool.close_all`.
_OF_ITS_CLASS = re.compile(
    rf"_*(?:async_|force_|auto_)?(?:{_VERBS})_(?:all|every|everything|expired|idle|inactive|old|stale|unused)"
)
_KEEPERS = re.compile(r"(?:Cache|Hub|Keeper|Manager|Pool|Registry|Store)$")
# Methods that take entries out of a table; `registry.cleanup_inactive_agents()` does so, too.
_TAKING = frozenset({"pop", "popitem", "remove", "discard", "delete", "unregister", "deregister"})
# Calls that are given what they let go of: `pool.release(connection)`; of others the argument may be a key.
_GIVING_BACK = re.compile(r"_*(?:close|aclose|release|dispose|putconn)(?:_\w+)?")


class Releasing:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._opened = Opened(project)

    def what(self, function: FunctionRef) -> str:
        """What a function releases; "" where its body releases nothing, or nothing of that kind."""
        file = self._project.facts_of(function.path)
        record = file.functions[function.id]
        told = list(self._let_go(file, function))
        if not told:
            return ""
        words = [(file.dotted(expr) or "").rpartition(".")[2] for expr in told]
        for what, noun in _NOUNS.items():
            ends = any((found := noun.search(word)) and not word[found.end() :].strip("_s") for word in words)
            if ends or noun.search(record.name):
                return what
        return self._of_its_class(file, record)

    def _of_its_class(self, file: facts.FileFacts, record: facts.Function) -> str:
        """What a method releases whose name speaks of all that its class keeps: `SessionStore.purge_expired`."""
        if record.class_ == facts.NONE or not _OF_ITS_CLASS.fullmatch(record.name):
            return ""
        kept = _KEEPERS.split(file.classes[record.class_].name)
        told = (what for what in ("connections", "sessions") if len(kept) > 1 and _NOUNS[what].search(kept[0]))
        return next(told, "")

    def _let_go(self, file: facts.FileFacts, function: FunctionRef) -> Iterator[facts.ExprId]:
        """What is released in the body of a function: the receivers of releasing calls, what is deleted."""
        scope = file.functions[function.id].scope
        for name, calls in file.calls.items():
            if name not in _RELEASING and not NAMED.fullmatch(name):
                continue
            for call in calls:
                record = file.expressions[call]
                if isinstance(record, facts.Call) and self._runs_in(file, call, scope):
                    func = file.expressions[record.func]
                    entries = name in _TAKING or (name not in _RELEASING and not name.endswith("_all"))
                    if entries and isinstance(func, facts.Attribute) and self._is_one(file, func.base):
                        continue
                    on = func.base if isinstance(func, facts.Attribute) else record.func
                    if self._is_nobody_elses(function.path, file, record, on, name):
                        continue
                    row = name in _TAKING and record.arguments and on != record.func and self._is_session(file, on)
                    yield record.arguments[0].value if row else on
        for statement in file.statements:
            if statement.kind == "delete" and self._scope(file, statement.block) == scope:
                record = file.expressions[statement.expr]
                base = record.base if isinstance(record, facts.Subscript | facts.Attribute) else statement.expr
                if not self._is_one(file, base) and not self._opened.is_opened_here(function.path, base):
                    yield base

    def _is_nobody_elses(self, path: str, file: facts.FileFacts, call: facts.Call, on: facts.ExprId, name: str) -> bool:
        """Whether a call lets go of what the function opened itself, or is one of a library's module: `os.remove`."""
        if on != call.func and (self._opened.is_opened_here(path, on) or self._is_foreign_module(path, file, on)):
            return True
        given = [argument.value for argument in call.arguments if argument.name == ""]
        return bool(given and _GIVING_BACK.fullmatch(name)) and self._opened.is_opened_here(path, given[0])

    def _is_foreign_module(self, path: str, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        record = file.expressions[expr]
        if not isinstance(record, facts.Name):
            return False
        targets = self._project.names.resolve(path, self._project.names.scope_of(path, expr), record.id)
        bound = [file.bindings[i] for i in file.scopes[0].names.get(record.id, ())] + [
            file.bindings[i] for i in record.bindings or ()
        ]
        modules = bool(bound) and all(isinstance(b, facts.ImportBinding) and not b.member for b in bound)
        return modules and bool(targets) and all(isinstance(target, ExternalValue) for target in targets)

    def _is_one(self, file: facts.FileFacts, base: facts.ExprId) -> bool:
        """Whether a table is called like one registry: an entry that is taken out of it is no registry itself."""
        return (file.dotted(base) or "").lower().endswith(("registry", "registrar", "dispatcher"))

    def _is_session(self, file: facts.FileFacts, base: facts.ExprId) -> bool:
        """Whether a receiver is called like one session or connection: `session.delete(row)` deletes a row."""
        return (file.dotted(base) or "").lower().endswith(("session", "connection", "socket"))

    def _runs_in(self, file: facts.FileFacts, expr: facts.ExprId, scope: facts.ScopeId) -> bool:
        return self._scope(file, file.expression_blocks[expr]) == scope

    def _scope(self, file: facts.FileFacts, block: facts.BlockId) -> facts.ScopeId:
        scope = file.blocks[block].scope
        while file.scopes[scope].kind == "comprehension":
            scope = file.scopes[scope].parent
        return scope

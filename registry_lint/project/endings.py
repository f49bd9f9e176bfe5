"""Whether anything ever lets go of what a place keeps: an attribute of an object, or a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef
from registry_lint.project.flow.attributes import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

# What a class offers for its own end. `clear` is no offer, since every table has it; nor is `cleanup_expired_items`.
OFFERED = re.compile(
    r"(?:async_|a)?(?:cleanup|clean_up|close|dispose|release|shutdown|teardown|tear_down|destroy|stop)"
    r"(?:_all|_resources|_tools|_agents)?|unregister_all|__a?exit__"
)
# What lets go of something, called on it, or given it.
_LETS_GO = re.compile(
    r"_*(?:async_|a)?(?:cleanup|clean_up|close|dispose|release|shutdown|teardown|tear_down|destroy|stop|unregister"
    r"|deregister|disconnect|clear|cancel|finalize|enter_context|enter_async_context|push_async_callback|callback)(?:_\w+)?"
)
_TAKES_OUT = frozenset({"pop", "popitem", "clear", "remove", "discard"})
# A loop that releases is not told from one that counts.
_TAKEN_OR_LOOPED = frozenset({*_TAKES_OUT, "items", "values"})
_WEAK = frozenset({"WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "ref", "finalize", "TTLCache", "LRUCache"})


class Keeping(NamedTuple):
    """A place that keeps something beyond the call that made it."""

    kind: str  # "attribute" of an object, or "table"
    path: str
    name: str  # of the attribute, or of the table
    owner: ClassRef | None  # the class whose objects hold it; None for a module's table
    span: Span


class Endings:
    """Answers for places in production code, memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._let_go: dict[tuple[str, str, ClassRef | None], bool] = {}

    def is_let_go(self, keeping: Keeping) -> bool:
        """Whether anything that runs releases what a place keeps, takes it out, or keeps it weakly."""
        key = (keeping.path, keeping.name, keeping.owner)
        if key not in self._let_go:
            self._let_go[key] = self._looked_up(keeping)
        return self._let_go[key]

    def _looked_up(self, keeping: Keeping) -> bool:
        project = self._project
        paths = dict.fromkeys((keeping.path, *project.files.mentioning(keeping.name)))
        for path in paths:
            file = project.files.facts(path)
            if file is None:
                continue
            for expr, record in _uses(file, keeping.name):
                if not self._is_of_another(path, file, record, keeping) and self._ends(file, expr, keeping):
                    function = project.function_of(path, expr)
                    if function is None or not project.releases.is_orphan(function):
                        return True
        return self._is_weak(keeping)

    def _is_of_another(self, path: str, file: facts.FileFacts, record: facts.Expr, keeping: Keeping) -> bool:
        """`self._registries` in a class that has nothing to do with the one that keeps it."""
        if not isinstance(record, facts.Attribute) or keeping.owner is None:
            return False
        class_ = class_of_receiver(file, record.base)
        if class_ == facts.NONE:
            return False
        derives = self._project.classes.derives
        here = ClassRef(path, class_)
        return not derives(here, keeping.owner) and not derives(keeping.owner, here)

    def _ends(self, file: facts.FileFacts, expr: facts.ExprId, keeping: Keeping) -> bool:
        """Whether something at a place ends what is kept: on it, on an entry, by taking it out, by handing it over."""
        if is_released_here(file, expr):
            return True
        for index, record in enumerate(file.expressions) if keeping.kind == "table" else ():
            if isinstance(record, facts.Attribute):
                if record.base == expr and record.name in _TAKEN_OR_LOOPED:
                    return True
            elif (
                isinstance(record, facts.Subscript)
                and record.base == expr
                and (is_released_here(file, index) or self._is_deleted(file, index))
            ):
                return True
        return self._is_deleted(file, expr) or self._is_looped(file, expr)

    def _is_deleted(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        return any(statement.kind == "delete" and statement.expr == expr for statement in file.statements)

    def _is_looped(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        return any(block.kind == "for" and expr in block.headers for block in file.blocks)

    def _is_weak(self, keeping: Keeping) -> bool:
        """A table of weak references, or one that forgets by itself; an attribute that is set to None somewhere."""
        file = self._project.facts_of(keeping.path)
        made = [store.expr for store in file.attribute_stores if store.name == keeping.name]
        made += [b.expr for b in file.bindings if isinstance(b, facts.ValueBinding) and b.name == keeping.name]
        for expr in made:
            record = file.expressions[expr] if expr != facts.NONE else None
            if isinstance(record, facts.Call):
                called = (self._project.names.dotted(file, record.func) or "").rpartition(".")[2]
                if called in _WEAK:
                    return True
        for store in file.attribute_stores:
            if store.name == keeping.name and store.expr != facts.NONE and keeping.kind == "attribute":
                record = file.expressions[store.expr]
                function = self._project.function_at(keeping.path, store.block)
                ends = function is not None and _LETS_GO.fullmatch(self._project.function(function).name)
                if ends and isinstance(record, facts.Literal) and record.kind == "none":
                    return True
        return False


def is_released_here(file: facts.FileFacts, use: facts.ExprId) -> bool:
    """`with registry:`, `registry.close()`, `stack.enter_context(registry)`, `weakref.ref(registry)`."""
    if any(block.kind == "with" and use in block.headers for block in file.blocks):
        return True
    for name, calls in file.calls.items():
        lets_go = _LETS_GO.fullmatch(name) is not None
        if (lets_go or name in _WEAK) and any(_is_on_or_given(file, call, use, lets_go=lets_go) for call in calls):
            return True
    read = {
        index: record.name
        for index, record in enumerate(file.expressions)
        if isinstance(record, facts.Attribute) and record.base == use
    }
    if any(_LETS_GO.fullmatch(name) for name in read.values()):
        return True
    return any(  # `registry.tools.clear()`: a part of it
        isinstance(record, facts.Attribute) and record.base in read and _LETS_GO.fullmatch(record.name)
        for record in (file.expressions if read else ())
    )


def _is_on_or_given(file: facts.FileFacts, call: facts.ExprId, use: facts.ExprId, *, lets_go: bool) -> bool:
    """Whether a call by a name or an attribute is given a use, or (where it lets go of something) is one on it."""
    record = file.expressions[call]
    assert isinstance(record, facts.Call)
    func = file.expressions[record.func]
    if lets_go and isinstance(func, facts.Attribute) and func.base == use:
        return True
    return isinstance(func, facts.Attribute | facts.Name) and any(
        argument.value == use for argument in record.arguments
    )


def _uses(file: facts.FileFacts, name: str) -> Iterator[tuple[facts.ExprId, facts.Expr]]:
    """The expressions that are a name, or an attribute of that name."""
    for expr, record in enumerate(file.expressions):
        if isinstance(record, facts.Attribute):
            if record.name == name:
                yield expr, record
        elif isinstance(record, facts.Name) and record.id == name:
            yield expr, record

"""Whether anything ever lets go of what a place keeps: an attribute of an object, or a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, InstanceValue, ModuleValue
from registry_lint.project.filled_once import slot_filled_once
from registry_lint.project.flow.receivers import class_of_receiver
from registry_lint.project.readings import Readings

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
_TAKES_OUT = frozenset({"pop", "popitem", "popleft", "clear", "remove", "discard"})
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__setstate__", "initialize", "init", "_init", "setup"})
_WEAK = frozenset({"WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "ref", "finalize", "TTLCache", "LRUCache"})


class Keeping(NamedTuple):
    """A place that keeps something beyond the call that made it."""

    kind: str  # "attribute" of an object, or "table"
    path: str
    name: str  # of the attribute, or of the table
    owner: ClassRef | None  # the class whose objects hold it; None for a module's table
    span: Span
    key: str = ""  # under which a table keeps it: the last name of `session_id`, `session.session_id`


class Endings:
    """Answers for places in production code, memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._readings = Readings(project)
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
                if self._is_of_another(path, file, record, keeping):
                    continue
                if self._runs(path, expr) and self._ends(path, expr, keeping):
                    return True
        return self._is_weak(keeping) or self._is_replaced(keeping)

    def _runs(self, path: str, expr: facts.ExprId) -> bool:
        function = self._project.function_of(path, expr)
        return function is None or not self._project.releases.is_orphan(function)

    # --- whether it is that place ---

    def _is_of_another(self, path: str, file: facts.FileFacts, record: facts.Expr, keeping: Keeping) -> bool:
        """Whether a name or attribute that is called like the place is another one: `self._registries` in a class that
        has nothing to do with the one that keeps it, a local name, the global of another module."""
        if isinstance(record, facts.Attribute):
            class_ = class_of_receiver(file, record.base)
            if class_ == facts.NONE:
                return self._is_on_another(path, record.base, keeping)
            return keeping.owner is None or not self._are_related(ClassRef(path, class_), keeping.owner)
        if not isinstance(record, facts.Name) or keeping.owner is not None:
            return True  # what an attribute's entries are called is followed from where it is read
        bound = [file.bindings[index] for index in record.bindings or file.scopes[0].names.get(record.id, ())]
        if path == keeping.path:
            return any(binding.scope != 0 for binding in bound)
        return bool(bound) and not any(self._imports(path, binding, keeping) for binding in bound)

    def _is_on_another(self, path: str, base: facts.ExprId, keeping: Keeping) -> bool:
        """Whether an object is known, and not of a class that keeps something there; nor the module that does."""
        owners = [
            value.of if isinstance(value, InstanceValue | ClassValue) else value
            for value in self._project.production_flow.types(path, base)
            if isinstance(value, InstanceValue | ClassValue | ModuleValue)
        ]
        if keeping.owner is None:
            return bool(owners) and ModuleValue(keeping.path) not in owners
        related = [isinstance(of, ClassRef) and self._are_related(of, keeping.owner) for of in owners]
        return bool(owners) and not any(related)

    def _are_related(self, one: ClassRef, other: ClassRef) -> bool:
        """Whether an object may be of both classes: by descent, or as parts of one class below them."""
        classes = self._project.classes
        if classes.derives(one, other) or classes.derives(other, one):
            return True
        return any(classes.derives(below, other) for below in classes.subclasses(one))

    def _imports(self, path: str, binding: facts.Binding, keeping: Keeping) -> bool:
        """Whether an import binds the global, as far as it can be told: another module may hand it on."""
        if not isinstance(binding, facts.ImportBinding) or binding.member != keeping.name:
            return False
        names = self._project.names
        module = names.module(names.absolute(path, binding.module), path)
        if not isinstance(module, ModuleValue) or module.path == keeping.path:
            return True
        own = self._project.files.facts(module.path)
        passed_on = own.scopes[0].names.get(keeping.name, ()) if own is not None else ()
        return own is None or not passed_on or any(isinstance(own.bindings[i], facts.ImportBinding) for i in passed_on)

    # --- what is done there ---

    def _ends(self, path: str, expr: facts.ExprId, keeping: Keeping) -> bool:
        """Whether something ends what is read at a place: a call on it or on an entry, by taking it out, or by handing
        it over, here or where it leads to. What leads to too many places may end anywhere."""
        for reading in self._readings.of(path, expr, across=keeping.kind == "table"):
            if reading is None:
                return True
            file = self._project.facts_of(reading.path)
            if is_released_here(file, reading.expr) or (reading.whole and self._is_deleted(file, reading.expr)):
                if self._runs(reading.path, reading.expr):
                    return True
            elif reading.whole and keeping.kind == "table" and self._is_taken_out(reading.path, file, reading.expr):
                return True
        return False

    def _is_taken_out(self, path: str, file: facts.FileFacts, table: facts.ExprId) -> bool:
        """`table.pop(key)`, `del table[key]`, or `table.pop` handed on to somebody who calls it."""
        for number, record in enumerate(file.expressions):
            if isinstance(record, facts.Attribute) and record.base == table and record.name in _TAKES_OUT:
                if self._runs(path, number) and not self._is_put_back(path, file, number, table):
                    return True
            elif (
                isinstance(record, facts.Subscript)
                and record.base == table
                and self._is_deleted(file, number)
                and self._runs(path, number)
            ):
                return True
        return False

    def _is_put_back(self, path: str, file: facts.FileFacts, method: facts.ExprId, table: facts.ExprId) -> bool:
        """`one = table.pop(key)`, `table[key] = one`: it moves to the end, and stays."""
        stored = {
            store.expr
            for store in file.subscript_stores
            if file.dotted(store.base) == file.dotted(table) and store.expr != facts.NONE
        }
        calls = [
            call for call in file.calls.get("pop", ()) if self._project.call_at(path, call).func == method and stored
        ]
        return any(
            reading is not None and reading.expr in stored
            for call in calls
            for reading in self._readings.of(path, call, across=False)
        )

    def _is_deleted(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        return any(statement.kind == "delete" and statement.expr == expr for statement in file.statements)

    def _is_replaced(self, keeping: Keeping) -> bool:
        """`self.guests = [one for one in self.guests if …]`, `self.rooms = {}`: another table takes the place of the
        first, elsewhere than where objects are made or where it is made when it is first asked for."""
        if keeping.kind != "table":
            return False
        path = keeping.owner.path if keeping.owner is not None else keeping.path
        file = self._project.facts_of(path)
        stored: list[tuple[facts.ExprId, facts.BlockId]] = []
        if keeping.owner is None:
            stored = [
                (binding.expr, file.expression_blocks[binding.expr])
                for binding in file.bindings
                if isinstance(binding, facts.ValueBinding)
                and binding.name == keeping.name
                and binding.expr != facts.NONE
                and keeping.name in file.scopes[binding.scope].global_names
            ]
        else:
            stored = [
                (store.expr, store.block)
                for store in file.attribute_stores
                if store.name == keeping.name
                and store.expr != facts.NONE
                and class_of_receiver(file, store.base) == keeping.owner.id
            ]
        for expr, block in stored:
            function = self._project.function_at(path, block)
            if function is None or self._project.function(function).name in _MAKING:
                continue
            if slot_filled_once(self._project, path, expr) is None and not self._project.releases.is_orphan(function):
                return True
        return False

    def _is_weak(self, keeping: Keeping) -> bool:
        """A table of weak references, or one that forgets by itself; an attribute that is set to None somewhere."""
        file = self._project.facts_of(keeping.path)
        made = [store.expr for store in file.attribute_stores if store.name == keeping.name]
        made += [b.expr for b in file.bindings if isinstance(b, facts.ValueBinding) and b.name == keeping.name]
        for expr in made:
            record = file.expressions[expr] if expr != facts.NONE else None
            if isinstance(record, facts.Call):
                called = (file.dotted(record.func) or "").rpartition(".")[2]
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

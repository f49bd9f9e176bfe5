"""What a registry does with what it reads out of its tables: whether it calls it, and which methods of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef
from registry_lint.project.flow.outside import is_container
from registry_lint.project.flow.receivers import class_of_receiver
from registry_lint.project.tables import ITSELF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

# Attributes of a registry's entry that are what was registered; `entry.factory` is something else.
_HELD = ("value", "item", "cls", "klass", "class_", "obj", "object", "target", "component", "impl", "type")

# What a table of tables is asked for, one key deep: `cls.plots[backend].update(plots)`.
_OF_TABLES = frozenset(
    {"update", "setdefault", "items", "keys", "values", "get", "pop", "popitem", "clear", "copy"}
    | {"append", "extend", "insert", "remove", "add", "discard"}
)


class Held:
    """Looks at the classes of registries and at their bases."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._methods_called: dict[tuple[ClassRef, str], tuple[str, ...]] = {}

    def is_called(self, ref: ClassRef, table: str) -> bool:
        """`self._items[key](…)`, `cls = self._items.get(key); cls()`: the registry makes instances itself.

        Only of what the method in question stores: another table may hold factories.
        """
        project = self._project
        registry = project.registries.all.get(ref)
        if registry is None:
            return False
        for base in project.classes.order(ref):
            tables = frozenset({table}) if table else registry.tables
            names = frozenset(name.rpartition(".")[2] for name in tables)
            if isinstance(base, ClassRef) and any(self._called_tables(base, names)):
                return True
        return False

    def methods_called(self, ref: ClassRef, table: str) -> tuple[str, ...]:
        """The methods that a registry calls of what it reads out of a table of its own."""
        key = (ref, table)
        if key not in self._methods_called:
            file = self._project.facts_of(ref.path)
            row, _, end_row, _ = file.classes[ref.id].extent
            found: dict[str, None] = {}
            for index, record in enumerate(file.expressions):
                if isinstance(record, facts.Call) and row <= file.row(index) <= end_row:
                    func = file.expressions[record.func]
                    if (
                        isinstance(func, facts.Attribute)
                        and not isinstance(file.expressions[func.base], facts.Attribute)
                        and self._from_table(file, func.base, frozenset({table.rpartition(".")[2]}), 0)
                    ):
                        found[func.name] = None
            if not _OF_TABLES.isdisjoint(found) and _holds_tables(file, table.rpartition(".")[2]):
                found = {name: None for name in found if name not in _OF_TABLES}
            self._methods_called[key] = tuple(found)
        return self._methods_called[key]

    def _called_tables(self, ref: ClassRef, tables: frozenset[str]) -> Iterator[bool]:
        file = self._project.facts_of(ref.path)
        row, _, end_row, _ = file.classes[ref.id].extent
        for index, record in enumerate(file.expressions):
            if isinstance(record, facts.Call) and row <= file.row(index) <= end_row:
                func = file.expressions[record.func]
                if isinstance(func, facts.Name | facts.Subscript) and self._from_table(file, record.func, tables, 0):
                    yield True

    def _from_table(self, file: facts.FileFacts, expr: facts.ExprId, tables: frozenset[str], depth: int) -> bool:
        """Whether an expression is read out of a table: through names, subscripts, `.get`, `.value`."""
        if depth > 6:
            return False
        match file.expressions[expr]:
            case facts.Name() if ITSELF in tables and class_of_receiver(file, expr) != facts.NONE:
                return depth > 0  # `self[key]`, not `self`
            case facts.Name(bindings=bindings):
                for index in bindings or ():
                    binding = file.bindings[index]
                    made = binding.expr if isinstance(binding, facts.ValueBinding) else facts.NONE
                    if made != facts.NONE and self._from_table(file, made, tables, depth + 1):
                        return True
            case facts.Subscript(base=base):
                return self._from_table(file, base, tables, depth + 1)
            case facts.Attribute(base=base, name=name):
                of_self = class_of_receiver(file, base) != facts.NONE
                return name in tables or (
                    name in _HELD and not of_self and self._from_table(file, base, tables, depth + 1)
                )
            case facts.Call(func=func):
                called = file.expressions[func]
                if isinstance(called, facts.Attribute) and called.name in ("get", "pop", "values", "items"):
                    return self._from_table(file, called.base, tables, depth + 1)
        return False


def _holds_tables(file: facts.FileFacts, table: str) -> bool:
    """Whether an entry of a table is a table itself: `cls.plots[backend] = {}`, `self._tools.setdefault(kind, [])`."""
    made = [store.expr for store in file.subscript_stores if _last(file, store.base) == table]
    for call in file.calls.get("setdefault", ()):
        record = file.expressions[call]
        if isinstance(record, facts.Call) and len(record.arguments) > 1:
            func = file.expressions[record.func]
            if isinstance(func, facts.Attribute) and _last(file, func.base) == table:
                made.append(record.arguments[1].value)
    return any(is_container(file, expr) for expr in made)


def _last(file: facts.FileFacts, expr: facts.ExprId) -> str:
    record = file.expressions[expr]
    return record.name if isinstance(record, facts.Attribute) else ""

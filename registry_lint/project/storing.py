"""What a method does with its parameters: which of them it stores as the value, which as the key.

Found by following the parameters into the store, never by their position: `register(kind, name, instance)`
and `register(name="n", handler=f)` are read from their bodies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef
from registry_lint.project.flow.receivers import class_of_receiver
from registry_lint.project.origins import Origins
from registry_lint.project.signatures import argument_for
from registry_lint.project.tables import ITSELF, entries, put_in, table_of_a_group, taken_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.project.classes import Classes
    from registry_lint.project.files import Files


class Storing(NamedTuple):
    """A method that stores one of its parameters. -1: no parameter (the key is then computed, or there is none)."""

    function: FunctionRef
    value: int
    key: int
    key_attribute: str  # "name" where the key is an attribute of the value: `self._tools[tool.name] = tool`
    table: str  # the attribute that holds what is stored; "" where another storing method is called
    by_decorator: bool  # the stored value is the argument of an inner function that is returned

    many: bool = False  # the value is a mapping or a list, all of whose entries are stored
    inner: facts.FunctionId = facts.NONE  # where a decorator stores: the function that is given what it decorates
    joined: bool = False  # the key is put together of several parameters: `self._items[kind, name] = item`

    @property
    def forwards(self) -> bool:
        """Whether the method stores nothing itself and hands on to another one."""
        return not self.table and not self.by_decorator


class Write(NamedTuple):
    """A write into a table: the key's expression (NONE where there is none), the value's, the attribute."""

    key: facts.ExprId
    value: facts.ExprId
    table: str
    many: bool = False  # `update(mapping)`, `extend(sequence)`


_WRITING = frozenset({"update", "append", "add", "setdefault", "insert", "appendleft", "extend"})
# Parameters that travel with a value and are none: first those that carry it are looked for.
_CARRIED = ("item", "value", "obj", "object", "instance", "tool", "agent", "service", "handler", "component", "plugin")
_ATTENDANTS = frozenset(
    {"metadata", "meta", "options", "config", "description", "priority", "tags", "kwargs", "args", "override"}
    | {"force", "replace", "overwrite", "category", "version", "enabled", "schema", "aliases", "doc", "permissions"}
)


class StoringMethods:
    """Summaries of methods, memoised."""

    def __init__(self, files: Files, classes: Classes) -> None:
        self._files = files
        self._classes = classes
        self._known: dict[tuple[FunctionRef, ClassRef], Storing | None] = {}
        self.origins = Origins(files)

    def of(self, function: FunctionRef, owner: ClassRef) -> Storing | None:
        """What a method of a class stores, called on an object of `owner`; None where it stores no parameter."""
        key = (function, owner)
        if key not in self._known:
            self._known[key] = None  # a method that forwards to itself stores nothing by that
            self._known[key] = (
                self._direct(function, self._keyed_writes)
                or self._decorating(function)
                or self._forwarding(function, owner)
                or self._direct(function, self._other_writes)
            )
        return self._known[key]

    def filling(self, function: FunctionRef) -> dict[str, Storing]:
        """What a constructor, or a method that takes a whole table, fills with its parameters: a summary a table."""
        found: dict[str, Storing] = {}
        for key, value, table, many in (
            *self._keyed_writes(function),
            *self._whole_tables(function),
            *self._other_writes(function),
        ):
            summary = self._summary(function, key, value, table) if table not in found else None
            if summary is not None:
                found[table] = summary._replace(many=many)
        return found

    def _whole_tables(self, function: FunctionRef) -> Iterator[Write]:
        """`self._tools = {tool.name: tool for tool in tools}`, `self._tools = dict(tools)`, `self._tools |= tools`."""
        file = self._files.parsed(function.path)
        for store in file.attribute_stores:
            if store.expr != facts.NONE and self._inside(file, store.block, function.id):
                owner = file.expressions[store.base]
                if isinstance(owner, facts.Name) and owner.id in ("self", "cls"):
                    for entry in entries(file, store.expr):
                        yield Write(entry.key, entry.value, store.name, entry.many)

    # --- stores into a table of its own ---

    def _direct(self, function: FunctionRef, writes: Callable[[FunctionRef], Iterator[Write]]) -> Storing | None:
        found_there = list(writes(function))
        groups = {write.table.partition(".")[0] for write in found_there if "." in write.table}
        found_there.sort(key=lambda write: write.table in groups)  # what makes a group stores nothing yet
        for key, value, table, many in found_there:
            found = self._summary(function, key, value, table)
            found = found._replace(many=many) if found is not None else None
            if found is not None:
                return found
        return None

    def _summary(
        self, function: FunctionRef, key: facts.ExprId, value: facts.ExprId, table: str, by_decorator: bool = False
    ) -> Storing | None:
        keys = list(self.origins.of(function.path, key)) if key != facts.NONE else []
        values = [o for o in self.origins.of(function.path, value) if o.parameter > 0 or not self._has_self(function)]
        file = self._files.parsed(function.path)
        parameters = file.functions[function.id].parameters
        exact_keys = [origin.parameter for origin in keys if not origin.attributes]
        candidates = [o.parameter for o in values if not o.attributes and o.parameter not in exact_keys]
        carried = self._carried(parameters, candidates)
        if carried == facts.NONE and not self._is_parameter(function.path, key):
            # the key is computed from the value itself: `self._items[getattr(item, "name", None) or id(item)] = item`
            carried = self._carried(parameters, [o.parameter for o in values if not o.attributes])
        if carried == facts.NONE:
            return None
        attribute = next((o.attributes[1:] for o in keys if o.parameter == carried and o.attributes), "")
        key_parameter = next((p for p in exact_keys if p != carried and p > 0), facts.NONE)
        joined = len({origin.parameter for origin in keys if origin.parameter > 0}) > 1
        return Storing(function, carried, key_parameter, attribute, table, by_decorator, joined=joined)

    def _is_parameter(self, path: str, key: facts.ExprId) -> bool:
        file = self._files.parsed(path)
        record = file.expressions[key] if key != facts.NONE else None
        return isinstance(record, facts.Name) and all(
            isinstance(file.bindings[index], facts.ParameterBinding) for index in record.bindings or ()
        )

    def _carried(self, parameters: tuple[facts.Parameter, ...], candidates: list[int]) -> int:
        plain = [c for c in dict.fromkeys(candidates) if parameters[c].kind in ("plain", "keyword", "positional")]
        for index in plain:
            if parameters[index].name.lstrip("_") in _CARRIED:
                return index
        for index in plain:
            if parameters[index].name not in _ATTENDANTS:
                return index
        packed = [c for c in dict.fromkeys(candidates) if parameters[c].kind in ("args", "kwargs")]
        telling = [c for c in packed if parameters[c].name not in _ATTENDANTS]
        return telling[0] if telling else facts.NONE  # `def register(self, *tools)`, stored one by one

    def _has_self(self, function: FunctionRef) -> bool:
        return self._files.parsed(function.path).functions[function.id].class_ != facts.NONE

    def _keyed_writes(self, function: FunctionRef) -> Iterator[Write]:
        """Every store by key into an attribute of `self`, or of `cls`, in the body."""
        file = self._files.parsed(function.path)
        for store in file.subscript_stores:
            if store.expr != facts.NONE and self._inside(file, store.block, function.id):
                table = self._own_table(file, store.base, function.id) or self._itself(
                    function, store.base, "__setitem__"
                )
                if table:
                    yield Write(store.key, store.expr, table)
        for call in file.calls.get("__setitem__", ()):  # super().__setitem__(key, value), dict.__setitem__(self, …)
            record = file.expressions[call]
            if isinstance(record, facts.Call) and self._inside(file, file.expression_blocks[call], function.id):
                func = file.expressions[record.func]
                arguments = [argument.value for argument in record.arguments if argument.name == ""]
                if isinstance(func, facts.Attribute) and len(arguments) > 1 and self._is_container(function):
                    yield Write(arguments[-2], arguments[-1], ITSELF)

    def _is_container(self, function: FunctionRef) -> bool:
        class_ = self._files.parsed(function.path).functions[function.id].class_
        return class_ != facts.NONE and self._classes.is_container(ClassRef(function.path, class_))

    def _itself(self, function: FunctionRef, base: facts.ExprId, method: str) -> str:
        """The table that `self` is in a class which is a dict or a list: `self[key] = tool`, `super().append(tool)`,
        where the method is not the class's own."""
        if not self._is_container(function):
            return ""
        file = self._files.parsed(function.path)
        record = file.expressions[base]
        if isinstance(record, facts.Call):
            called = file.expressions[record.func]
            return ITSELF if isinstance(called, facts.Name) and called.id == "super" else ""
        owner = ClassRef(function.path, file.functions[function.id].class_)
        own = class_of_receiver(file, base) == owner.id
        return ITSELF if own and not self._classes.find_method(owner, method) else ""

    def _other_writes(self, function: FunctionRef) -> Iterator[Write]:
        """Every `append`, `add`, `setdefault` on an attribute of `self`: a log that notes keys is one, too, so
        that these count only where nothing is stored by key."""
        file = self._files.parsed(function.path)
        for method in sorted(_WRITING):
            for call in file.calls.get(method, ()):
                if not self._inside(file, file.expression_blocks[call], function.id):
                    continue
                record = file.expressions[call]
                assert isinstance(record, facts.Call)
                func = file.expressions[record.func]
                arguments = [argument.value for argument in record.arguments if argument.name == ""]
                table = (
                    self._own_table(file, func.base, function.id) or self._itself(function, func.base, method)
                    if isinstance(func, facts.Attribute)
                    else ""
                )
                filled = put_in(file, method, record) if table and method == "update" else ()
                for entry in filled:
                    yield Write(entry.key, entry.value, table, entry.many)
                if not filled and table and arguments:
                    key = arguments[0] if method == "setdefault" and len(arguments) == 2 else facts.NONE
                    yield Write(key, arguments[-1], table, many=method in ("update", "extend"))

    def _inside(self, file: facts.FileFacts, block: facts.BlockId, function: facts.FunctionId) -> bool:
        scope = file.scopes[file.blocks[block].scope]
        while scope.kind == "comprehension":
            scope = file.scopes[scope.parent]
        return scope.kind == "function" and scope.owner == function

    def _own_table(self, file: facts.FileFacts, base: facts.ExprId, function: facts.FunctionId) -> str:
        """The attribute of `self` that an expression is (or a subscript of it); "" where it is none."""
        record = file.expressions[base]
        if isinstance(record, facts.Subscript):
            return self._own_table(file, record.base, function)
        if isinstance(record, facts.Call):  # self._items.setdefault(kind, {})[key] = value
            func = file.expressions[record.func]
            return self._own_table(file, func.base, function) if isinstance(func, facts.Attribute) else ""
        if isinstance(record, facts.Name):
            made = taken_out(file, record)
            if made != facts.NONE:  # tools = self._tools.setdefault(kind, {}); tools[key] = tool
                return self._own_table(file, made, function)
            # a dict of the module, which the methods of a class fill
            of_module = record.bindings is None and record.id in file.scopes[0].names
            return record.id if of_module and file.functions[function].class_ != facts.NONE else ""
        if not isinstance(record, facts.Attribute):
            return ""
        owner = file.expressions[record.base]
        if isinstance(owner, facts.Name) and file.functions[function].class_ != facts.NONE:
            first = file.functions[function].parameters[:1]
            if owner.id in ("self", "cls") or (first and owner.id == first[0].name):
                return record.name
            if owner.id == file.classes[file.functions[function].class_].name or _is_new(file, owner, function):
                return record.name
        class_ = file.functions[function].class_
        return table_of_a_group(file, base, class_) if class_ != facts.NONE else ""

    # --- decorators: `def register(self, name): def wrap(f): self._items[name] = f; return f; return wrap` ---

    def _decorating(self, function: FunctionRef) -> Storing | None:
        file = self._files.parsed(function.path)
        outer = file.functions[function.id]
        for index, inner in enumerate(file.functions):
            if inner.scope == facts.NONE or file.scopes[inner.scope].parent != outer.scope or not inner.parameters:
                continue
            for store in file.subscript_stores:
                if store.expr == facts.NONE or not self._inside(file, store.block, index):
                    continue
                stored = {o.parameter for o in self.origins.of(function.path, store.expr)}
                table = self._table_of_outer(file, store.base, outer)
                if table and 0 in stored:
                    keys = [o.parameter for o in self.origins.of(function.path, store.key, holder=function.id)]
                    key = next((k for k in keys if k > 0 or outer.class_ == facts.NONE), facts.NONE)
                    return Storing(function, facts.NONE, key, "", table, by_decorator=True, inner=index)
        return None

    def _table_of_outer(self, file: facts.FileFacts, base: facts.ExprId, outer: facts.Function) -> str:
        record = file.expressions[base]
        if isinstance(record, facts.Attribute):
            owner = file.expressions[record.base]
            if isinstance(owner, facts.Name) and outer.parameters and owner.id == outer.parameters[0].name:
                return record.name
        return ""

    # --- methods that hand on to another storing method ---

    def _forwarding(self, function: FunctionRef, owner: ClassRef) -> Storing | None:
        file = self._files.parsed(function.path)
        for name, calls in file.calls.items():
            for call in calls:
                if not self._inside(file, file.expression_blocks[call], function.id):
                    continue
                for target in self._own_targets(file, call, name, function, owner):
                    found = self._forwarded(function, call, target, owner)
                    if found is not None:
                        return found
        return self._by_its_own_item(function, owner)

    def _by_its_own_item(self, function: FunctionRef, owner: ClassRef) -> Storing | None:
        """`self[key] = tool`, which the class's own `__setitem__` puts into its table."""
        file = self._files.parsed(function.path)
        setting = [target for target in self._classes.find_method(owner, "__setitem__") if target != function]
        inner = next((found for target in setting if (found := self.of(target, owner)) is not None), None)
        for store in file.subscript_stores if inner is not None else ():
            own = class_of_receiver(file, store.base) == file.functions[function.id].class_ != facts.NONE
            if own and store.expr != facts.NONE and self._inside(file, store.block, function.id):
                return self._summary(function, store.key, store.expr, inner.table if inner is not None else "")
        return None

    def _own_targets(
        self, file: facts.FileFacts, call: facts.ExprId, name: str, function: FunctionRef, owner: ClassRef
    ) -> tuple[FunctionRef, ...]:
        """The methods that `self.name(…)` or `super().name(…)` may call."""
        record = file.expressions[call]
        assert isinstance(record, facts.Call)
        func = file.expressions[record.func]
        if not isinstance(func, facts.Attribute):
            return ()
        base = file.expressions[func.base]
        if isinstance(base, facts.Name) and base.id in ("self", "cls"):
            return self._classes.find_method(owner, name)
        if isinstance(base, facts.Call):
            called = file.expressions[base.func]
            if isinstance(called, facts.Name) and called.id == "super":
                home = ClassRef(function.path, file.functions[function.id].class_)
                for above in self._classes.order(home)[1:]:
                    found = self._classes.methods(above, name)
                    if found:
                        return found
        return ()

    def _forwarded(
        self, function: FunctionRef, call: facts.ExprId, target: FunctionRef, owner: ClassRef
    ) -> Storing | None:
        inner = self.of(target, owner)
        if inner is None or target == function:
            return None
        if inner.by_decorator:
            return None
        file = self._files.parsed(function.path)
        record = file.expressions[call]
        assert isinstance(record, facts.Call)
        parameters = self._files.parsed(target.path).functions[target.id].parameters
        value = argument_for(record, parameters, inner.value, skipped=1)
        key = argument_for(record, parameters, inner.key, skipped=1) if inner.key != facts.NONE else facts.NONE
        if value == facts.NONE:
            return None
        found = self._summary(function, key, value, "")
        if found is None:
            return None
        attribute = found.key_attribute or inner.key_attribute
        return found._replace(key_attribute=attribute, joined=found.joined or inner.joined)


def _is_new(file: facts.FileFacts, name: facts.Name, function: facts.FunctionId) -> bool:
    """Whether a local name is an object that the method has just made of its own class: `new = cls()`."""
    made = [file.bindings[index] for index in name.bindings or ()]
    return any(
        isinstance(one, facts.ValueBinding)
        and not one.path
        and one.expr != facts.NONE
        and isinstance(call := file.expressions[one.expr], facts.Call)
        and isinstance(called := file.expressions[call.func], facts.Name)
        and called.id in ("cls", file.classes[file.functions[function].class_].name)
        for one in made
    )

"""What is put into registries, and what they want to be given."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
    SuperValue,
    Value,
)
from registry_lint.project.flow.receivers import class_of_receiver
from registry_lint.project.flow.references import called_as
from registry_lint.project.signatures import argument_for
from registry_lint.project.tables import ITSELF, JOINED, METHODS, entries, put_in, table_at, table_of_a_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.indexes import CallSite
    from registry_lint.project.model import Project
    from registry_lint.project.registries import Registry
    from registry_lint.project.storing import Storing
    from registry_lint.project.tables import Entry

# Names that everything has: of their calls only those count whose receiver is called like a registry.
_COMMON_NAMES = frozenset(
    {"add", "set", "put", "store", "insert", "bind", "attach", "install", "define", "include", "__setitem__"}
)
_SITES = 4_000  # calls of one name that are looked at


class Registration(NamedTuple):
    """A call of a registering method. `key` and `value` are NONE where no such argument is written."""

    path: str
    call: facts.ExprId
    registry: ClassRef
    storing: Storing
    key: facts.ExprId
    value: facts.ExprId
    level: Level
    is_store: bool = False  # a store into a registry's table, `registry[key] = value` included; `call` is the value
    decorated: facts.BindingId = facts.NONE  # the class or function below `@registry.register`; `call` is the decorator


class Registrations:
    """Calls of registering methods in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    # --- what is put in ---

    @cached_property
    def all(self) -> tuple[Registration, ...]:
        """Every call of a registering method whose receiver was found to be a registry, sorted."""
        owners: dict[str, list[ClassRef]] = {}
        for ref, registry in self._project.registries.all.items():
            for name in registry.methods:
                owners.setdefault(name, []).append(ref)
        found: dict[Registration, None] = {}
        for name in sorted(owners):
            for site in self._sites(name, owners[name]):
                for registration in self._registration(site, name):
                    found[registration] = None
        return tuple(sorted(found))

    def _sites(self, name: str, owners: list[ClassRef]) -> Iterator[CallSite]:
        """The calls of a registering method's name, and of the variables and parameters that it is put into.

        Of a name that everything has, those calls count whose receiver is called like a registry, or that stand in a
        file which names one of the classes.
        """
        flow = self._project.production_flow
        sites = flow.indexes.call_sites(name, _SITES) or ()
        if name in _COMMON_NAMES:
            naming = {
                path
                for ref in owners
                for path in (ref.path, *self._project.files.mentioning(self._project.classes.name(ref)))
            }
            yield from (site for site in sites if site.path in naming or self._receiver_says_registry(site))
        else:
            yield from sites
        for other in called_as(flow, name):
            yield from flow.indexes.call_sites(other, _SITES) or ()

    @cached_property
    def stores(self) -> tuple[Registration, ...]:
        """Every store by key into a registry's table, and every `registry[key] = value`."""
        project = self._project
        found: dict[Registration, None] = {}
        for ref, path, store in project.registries.table_stores:
            registry = project.registries.all[ref]
            file = project.facts_of(path)
            table, _ = table_at(file, store.base)
            of_group = table_of_a_group(file, store.base, ref.id)
            name = of_group or (table.name if table is not None else ITSELF)
            storing = self._storing_into(registry, name)
            if storing is not None:
                storing = storing._replace(many=False)
                found[Registration(path, store.expr, ref, storing, store.key, store.expr, CERTAIN, True)] = None
        for ref, path, table_name, key, value, many in project.registries.table_fillings:
            storing = self._storing_into(project.registries.all[ref], table_name)
            if storing is not None:
                storing = storing._replace(many=many)
                found[Registration(path, value, ref, storing, key, value, CERTAIN, True)] = None
        for registration in self.outside_stores:
            found[registration] = None
        return tuple(sorted(found))

    @cached_property
    def decorations(self) -> tuple[Registration, ...]:
        """Every `@registry.register` without a call on a class or function: that is what is registered."""
        names = {
            name
            for registry in self._project.registries.all.values()
            for name, storing in registry.methods.items()
            if storing.value != facts.NONE
        }
        found: dict[Registration, None] = {}
        for name in sorted(names):
            pattern = re.compile(rb"@[\w.]+\." + re.escape(name.encode()) + rb"\s*(?:#|$)", re.MULTILINE)
            for path, _ in self._project.files.matching(name, pattern):
                file = self._project.files.facts(path)
                records: tuple[facts.Function | facts.Class, ...] = (*file.functions, *file.classes) if file else ()
                for record in records:
                    for registration in self._decorated(path, record, name):
                        found[registration] = None
        return tuple(sorted(found))

    def _decorated(self, path: str, record: facts.Function | facts.Class, name: str) -> Iterator[Registration]:
        file = self._project.facts_of(path)
        for decorator in record.decorators:
            expr = file.expressions[decorator]
            if not isinstance(expr, facts.Attribute) or expr.name != name:
                continue
            for value, level in self._project.production_flow.types(path, expr.base).items():
                ref = _receiver(value)
                storing = self._storing_of(value, ref, name) if ref is not None else None
                if ref is not None and storing is not None and storing.value != facts.NONE:
                    yield Registration(
                        path, decorator, ref, storing, facts.NONE, facts.NONE, level, decorated=record.binding
                    )

    def _storing_into(self, registry: Registry, table: str) -> Storing | None:
        """The method that tells what belongs into a table: one that puts what it is given there as it is."""
        methods = [registry.methods[name] for name in sorted(registry.methods)]
        filling = [storing for storing in methods if storing.table == table and not storing.by_decorator]
        filling.sort(key=lambda storing: (storing.many, not self._project.wants.stores_itself(storing)))
        decorating = [storing for storing in methods if storing.table == table and storing.by_decorator]
        return next(iter((*filling, *decorating)), None) or registry.taken.get(table)

    @cached_property
    def outside_stores(self) -> tuple[Registration, ...]:
        """Every store into a registry's table past its methods: `registry.tools[key] = tool`."""
        return tuple(dict.fromkeys(self._outside_stores()))

    def _outside_stores(self) -> Iterator[Registration]:
        project = self._project
        for path in sorted({*self._naming_registries(), *self._storing_outside()}):
            file = project.files.facts(path)
            for store in file.subscript_stores if file else ():
                if store.expr != facts.NONE and file is not None:
                    yield from self._outside_store(path, file, store)
            for method in METHODS if file else ():
                for call in file.calls.get(method, ()) if file else ():
                    yield from self._outside_filling(path, method, call)
            for joined in file.attribute_stores if file else ():
                if joined.path == JOINED and joined.name in self._tables and file is not None:
                    put = entries(file, joined.expr)
                    yield from self._put_from_outside(path, put, joined.base, joined.name)

    def _naming_registries(self) -> Iterator[str]:
        """The files that name a class that is called like a registry."""
        project = self._project
        for name in {project.classes.name(ref) for ref, registry in project.registries.all.items() if registry.named}:
            yield from project.files.mentioning(name)

    def _storing_outside(self) -> Iterator[str]:
        """The files that store into something called like a table: who was handed the registry, or imports the one
        object (`default_registry.tools[key] = tool`), need not name its class."""
        for table in sorted(self._tables - {ITSELF}):
            pattern = re.compile(rb"\." + re.escape(table.encode()) + rb"\s*(?:\[[^\n]*\]\s*=[^=]|\|=)")
            for path, _ in self._project.files.matching(table, pattern):
                yield path

    def _outside_filling(self, path: str, method: str, call: facts.ExprId) -> Iterator[Registration]:
        """`registry.tools.update(…)`, `registry.tools.append(tool)`: past every method of the registry."""
        file = self._project.facts_of(path)
        record = file.expressions[call]
        func = file.expressions[record.func] if isinstance(record, facts.Call) else None
        if not isinstance(record, facts.Call) or not isinstance(func, facts.Attribute):
            return
        table = file.expressions[func.base]
        if isinstance(table, facts.Attribute) and table.name in self._tables:
            yield from self._put_from_outside(path, put_in(file, method, record), table.base, table.name)
        if ITSELF in self._tables:
            yield from self._put_from_outside(path, put_in(file, method, record), func.base, ITSELF, method)

    def _put_from_outside(
        self, path: str, put: list[Entry], receiver: facts.ExprId, table: str, method: str = ""
    ) -> Iterator[Registration]:
        file = self._project.facts_of(path)
        for value, level in self._project.production_flow.types(path, receiver).items():
            ref = _receiver(value)
            registry = self._project.registries.all.get(ref) if ref is not None else None
            if registry is None or ref is None or class_of_receiver(file, receiver) == ref.id:
                continue
            if table == ITSELF and (table not in registry.tables or self._project.classes.find_method(ref, method)):
                continue
            storing = self._storing_into(registry, table)
            if storing is not None:
                for key, stored, many in put:
                    yield Registration(path, stored, ref, storing._replace(many=many), key, stored, level, True)

    @cached_property
    def _tables(self) -> frozenset[str]:
        """The names of tables; those of a registry's groups are other objects' attributes."""
        registries = self._project.registries.all.values()
        names = (table for registry in registries for table in (*registry.tables, *registry.taken))
        return frozenset(name for name in names if "." not in name)

    @cached_property
    def _have_setitem(self) -> bool:
        """Whether any registry is filled by `registry[key] = value`: else no dict is asked what it is."""
        return any(self._setting(registry) is not None for registry in self._project.registries.all.values())

    def _setting(self, registry: Registry) -> Storing | None:
        """What `registry[key] = value` does: its own method, or that of the dict that it is."""
        own = registry.methods.get("__setitem__")
        return self._storing_into(registry, ITSELF) if own is None and ITSELF in registry.tables else own

    def _outside_store(self, path: str, file: facts.FileFacts, store: facts.SubscriptStore) -> Iterator[Registration]:
        registries = self._project.registries.all
        base = file.expressions[store.base]
        table = base.name if isinstance(base, facts.Attribute) else ""
        receiver = base.base if isinstance(base, facts.Attribute) else store.base
        known_table = table in self._tables
        if not known_table and not self._have_setitem:
            return
        flow = self._project.production_flow
        for value, level in flow.types(path, receiver).items() if known_table or not table else ():
            ref = _receiver(value) if isinstance(value, InstanceValue) else None
            if ref not in registries or class_of_receiver(file, receiver) == ref.id:
                continue
            registry = registries[ref]
            storing = self._storing_into(registry, table) if table else self._setting(registry)
            if storing is not None:
                yield Registration(path, store.expr, ref, storing, store.key, store.expr, level, True)
        if table and self._have_setitem:
            for value, level in flow.types(path, store.base).items():
                ref = _receiver(value) if isinstance(value, InstanceValue) else None
                storing = self._setting(registries[ref]) if ref in registries else None
                if ref is not None and storing is not None:
                    yield Registration(path, store.expr, ref, storing, store.key, store.expr, level, True)

    def _receiver_says_registry(self, site: CallSite) -> bool:
        """For method names that everything has (`add`): only receivers that are called like a registry."""
        file = self._project.facts_of(site.path)
        call = file.expressions[site.call]
        assert isinstance(call, facts.Call)
        func = file.expressions[call.func]
        base = file.dotted(func.base) if isinstance(func, facts.Attribute) else None
        return base is not None and "regist" in base.lower()

    def _registration(self, site: CallSite, name: str) -> Iterator[Registration]:
        file = self._project.facts_of(site.path)
        call = file.expressions[site.call]
        assert isinstance(call, facts.Call)
        func = file.expressions[call.func]
        flow = self._project.production_flow
        if not isinstance(func, facts.Attribute) or func.name != name:
            for value, level in flow.types(site.path, call.func).items():
                if isinstance(value, FunctionValue) and value.of in self._by_function:
                    ref, storing = self._by_function[value.of]
                    yield self._made(site, call, ref, storing, int(value.bound) + value.given, level)
            return
        receivers = flow.types(site.path, func.base)
        of_interface = True
        for value, level in receivers.items():
            receiver = _receiver(value)
            found = self._storing_of(value, receiver, name) if receiver is not None else None
            if found is not None and receiver is not None:
                of_interface = False
                bound = not isinstance(value, ClassValue) or self._is_class_method(found.function)
                yield self._made(site, call, receiver, found, int(bound), level)
        for value, level in receivers.items() if of_interface else ():
            if isinstance(value, InstanceValue) and isinstance(value.of, ClassRef):
                for implementing, storing, reached in self._implementing(value.of, name):
                    yield self._made(site, call, implementing, storing, 1, max(level, reached))
        if of_interface and not any(_receiver(value) for value in receivers) and self._receiver_says_registry(site):
            yield from self._by_name(site, call, func, name)

    def _by_name(self, site: CallSite, call: facts.Call, func: facts.Attribute, name: str) -> Iterator[Registration]:
        """`request.app.state.registry.register(…)`: the receiver is an attribute of who knows what, and is called like
        a registry; where all that is stored under that name is one registry, it is likely that one."""
        flow = self._project.production_flow
        node = flow.solve(flow.value_node(site.path, func.base))
        found = {
            ref: storing
            for value in node.values
            if isinstance(value, InstanceValue)
            and (ref := _receiver(value)) is not None
            and (storing := self._storing_of(value, ref, name)) is not None
        }
        if len(found) == 1:
            for ref, storing in found.items():
                yield self._made(site, call, ref, storing, 1, LIKELY)

    def _implementing(self, of: ClassRef, name: str) -> Iterator[tuple[ClassRef, Storing, Level]]:
        """The registry that implements an interface whose method stores nothing itself; the first of several."""
        project = self._project
        if not project.classes.find_method(of, name):
            return
        found = [
            (ref, registry.methods[name])
            for ref, registry in project.registries.all.items()
            if name in registry.methods and project.classes.derives(ref, of) and not project.settings.is_test(ref.path)
        ]
        for ref, storing in found[:1]:
            yield ref, storing, CERTAIN if len(found) == 1 else LIKELY

    def _storing_of(self, value: Value, ref: ClassRef, name: str) -> Storing | None:
        """What the method of a receiver stores; that of `super()` is looked for above the class."""
        registry = self._project.registries.all.get(ref)
        if registry is None:
            return None
        if not isinstance(value, SuperValue):
            return registry.methods.get(name)
        for above in self._project.classes.order(ref)[1:]:
            for function in self._project.classes.methods(above, name):
                return self._project.storing.of(function, ref)
        return None

    @cached_property
    def _by_function(self) -> dict[FunctionRef, tuple[ClassRef, Storing]]:
        """Storing methods by their definition, for calls through a variable: the receiver is then its class."""
        found: dict[FunctionRef, tuple[ClassRef, Storing]] = {}
        for ref, registry in self._project.registries.all.items():
            for storing in registry.methods.values():
                if self._project.classes.owner(storing.function) == ref or storing.function not in found:
                    found[storing.function] = (ref, storing)
        return found

    def _made(
        self, site: CallSite, call: facts.Call, ref: ClassRef, storing: Storing, skipped: int, level: Level
    ) -> Registration:
        parameters = self._project.function(storing.function).parameters
        key = argument_for(call, parameters, storing.key, skipped)
        return Registration(
            site.path, site.call, ref, storing, key, argument_for(call, parameters, storing.value, skipped), level
        )

    def _is_class_method(self, function: FunctionRef) -> bool:
        file = self._project.facts_of(function.path)
        return any(
            (file.dotted(decorator) or "") == "classmethod" for decorator in file.functions[function.id].decorators
        )


def _receiver(value: Value) -> ClassRef | None:
    match value:
        case InstanceValue(of=ClassRef() as ref) | ClassValue(of=ClassRef() as ref) | SuperValue(of=ref):
            return ref
    return None

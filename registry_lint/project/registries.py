"""Registries: which classes are some, and which of their methods store what they are given.

What the configuration says is taken; the rest is inferred, carefully: a class is a registry by its name and
what its methods store. Who builds a registry stands in constructions.py, what is put into one in registrations.py.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    ClassRef,
    ClassValue,
    FunctionRef,
)
from registry_lint.project.flow.receivers import class_of_receiver
from registry_lint.project.storing import Storing
from registry_lint.project.tables import ITSELF, Filling, fillings, is_parameter, table_at, table_of_a_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.contracts import RegistryContract
    from registry_lint.project.model import Project
    from registry_lint.source.sieve import ClassHeader

_NAMED = re.compile(r"_*\w*Registr(?:y|ar)(?:Base|Impl|Mixin|V\d+)?")
_ADDED = ("tool", "agent", "handler", "plugin", "service", "prompt", "resource", "skill")
_HEADER = re.compile(
    rb"class\s+\w*Registr(?:y|ar)\w*|def\s+_?(?:register|add_(?:" + "|".join(_ADDED).encode() + rb"))\w*\s*\("
)
# A dict of a module that is a registry: `_REGISTRY`, `TOOL_REGISTRY`, `registry_by_name`.
_TABLE = re.compile(r"_*(?:\w+_)?registr(?:y|ies)(?:_by_\w+|_map)?_*", re.IGNORECASE)

# What a tool or an agent leaves behind when it runs: `add_tool_result` of a conversation registers nothing.
OF_A_RUN = (
    rf"(?:{'|'.join(_ADDED)})s?"
    r"(?:_(?:call|cost|error|event|log|message|metric|observation|output|response|result|step|thought|token|usage|use)s?)+$"
)
# Called like something that holds tools or handlers: its storing methods count, its constructor is anybody's.
_HOLDER = re.compile(
    r"_*\w*(?:Catalog|Catalogue|Tool[Bb]ox|Tool[Kk]it|Tool[Ss]et|ToolManager|ToolCollection|AgentManager|PluginManager)"
)
_REGISTERING = re.compile(rf"_?(?!\w*_{OF_A_RUN})(?:register|add_(?:{'|'.join(_ADDED)}))\w*")
# Storing methods of a class that is a registry by name; a line of a log is no entry: `plugin_manager.add_log(…)`.
_STORING = re.compile(
    r"_?(?:register|add|set|put|bind|install|attach|store|insert|define|include)"
    r"(?!_(?:logs?|history)(?:_entry|_line)?$)(?:_\w+)?|__setitem__"
)
# Methods by which a class that is a registry by name is given a whole table, or made with one.
_TAKING = re.compile(
    r"__init__|__post_init__|__ior__|_?(?:register|add|update|extend|merge|load|replace|fill|populate)(?:_\w+)?"
    r"|_?(?:create|make|build|of|from)(?:_\w+)?"
)
_NO_REGISTRY_BASES = ("Exception", "Error", "BaseException", "Enum", "IntEnum", "StrEnum", "TypedDict", "NamedTuple")


class Registry(NamedTuple):
    """A registry class."""

    ref: ClassRef
    named: bool  # a registry by its name; else by a registering method that fills a table of its own
    methods: dict[str, Storing]  # registering methods by name, inherited ones included
    tables: frozenset[str]  # the attributes that hold what is registered
    taken: dict[
        str, Storing
    ]  # tables that a constructor, an `update` or nobody else fills: what it does with parameters
    contract: RegistryContract | None


class Registries:
    """All registries of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tables: dict[tuple[ClassRef, str], bool] = {}

    # --- which classes ---

    @cached_property
    def all(self) -> dict[ClassRef, Registry]:
        """Every registry class, in the order of paths and lines."""
        found: dict[ClassRef, Registry] = {}
        pending = list(self._candidates())
        seen: set[ClassRef] = set()
        while pending:
            ref = pending.pop(0)
            if ref in seen:
                continue
            seen.add(ref)
            registry = self._examine(ref)
            if registry is not None:
                found[ref] = registry
                if registry.named:
                    pending.extend(self._project.classes.subclasses(ref))
        return dict(sorted(found.items()))

    @cached_property
    def paths(self) -> frozenset[str]:
        """The files that are looked through for registries."""
        return frozenset((*self._registering, *(header.path for header in self._holders)))

    @cached_property
    def _holders(self) -> tuple[ClassHeader, ...]:
        holders = self._project.files.production_sieve.classes_like(_HOLDER).values()
        return tuple(sorted(header for headers in holders for header in headers))

    @cached_property
    def _registering(self) -> tuple[str, ...]:
        words = ("egist", *(f"add_{noun}" for noun in _ADDED))
        return tuple(sorted({path for word in words for path, _ in self._project.files.matching(word, _HEADER)}))

    def _candidates(self) -> Iterator[ClassRef]:
        project = self._project
        for contract in project.contracts.registries:
            ref = self.find_class(contract.path)
            if ref is not None:
                yield ref
        for header in self._holders:
            file = project.files.facts(header.path)
            for index, record in enumerate(file.classes if file else ()):
                if record.name == header.name:
                    yield ClassRef(header.path, index)
        for path in self._registering:
            file = project.files.facts(path)
            for index, record in enumerate(file.classes if file else ()):
                if _NAMED.fullmatch(record.name) or any(_REGISTERING.fullmatch(name) for name in record.methods):
                    yield ClassRef(path, index)

    def find_class(self, dotted: str) -> ClassRef | None:
        """The class of the project under a dotted name, re-exports included."""
        project = self._project
        module, _, name = dotted.rpartition(".")
        while module:
            path = project.names.path_of(module)
            if path is not None:
                for target in project.names.resolve(path, 0, name):
                    if isinstance(target, ClassValue) and isinstance(target.of, ClassRef):
                        return target.of
                return None
            module, _, rest = module.rpartition(".")
            name = f"{rest}.{name}"
        return None

    def find_function(self, dotted: str) -> FunctionRef | None:
        """The function or method of the project under a dotted name."""
        project = self._project
        module, _, name = dotted.rpartition(".")
        path = project.names.path_of(module)
        if path is not None:
            for target in project.names.resolve(path, 0, name):
                of = getattr(target, "of", None)
                if isinstance(of, FunctionRef):
                    return of
        owner = self.find_class(module)
        if owner is not None:
            methods = project.classes.find_method(owner, name)
            return methods[0] if methods else None
        return None

    @cached_property
    def _contracts(self) -> dict[ClassRef, RegistryContract]:
        found = {}
        for contract in self._project.contracts.registries:
            ref = self.find_class(contract.path)
            if ref is not None:
                found[ref] = contract
        return found

    def contract_of(self, ref: ClassRef) -> RegistryContract | None:
        """The contract of a class, or of the nearest base that has one."""
        for base in self._project.classes.order(ref):
            if isinstance(base, ClassRef) and base in self._contracts:
                return self._contracts[base]
        return None

    def _examine(self, ref: ClassRef) -> Registry | None:
        project = self._project
        order = project.classes.order(ref)
        if any(isinstance(base, str) and base.rpartition(".")[2] in _NO_REGISTRY_BASES for base in order):
            return None
        contract = self.contract_of(ref)
        named = contract is not None or any(
            isinstance(base, ClassRef)
            and _NAMED.fullmatch(project.classes.name(base))
            and (base == ref or not self._keeps_subclasses(base))
            for base in order
        )
        storing = named or _HOLDER.fullmatch(project.classes.name(ref)) is not None
        methods = self._methods(ref, storing, contract)
        if not methods and contract is None and project.kinds.has_schema_base(ref):
            return None  # a description of a registry, not one
        if not methods and not named:
            return None
        tables = frozenset(found.table for found in self._all_storing(ref, storing) if found.table)
        taken = self._taken(ref, tables) if storing else {}
        if named and not (methods or tables or taken):
            taken = self._filled_by_itself(ref)
        return Registry(ref, named, methods, tables, taken, contract)

    def _keeps_subclasses(self, ref: ClassRef) -> bool:
        """`class PluginRegistry: def __init_subclass__(cls): …`: who derives from it is what it holds, no registry."""
        return "__init_subclass__" in self._project.classes.record(ref).methods

    def _taken(self, ref: ClassRef, tables: frozenset[str]) -> dict[str, Storing]:
        """Tables that are handed in whole, and in which something is looked up by what a method is asked for."""
        found: dict[str, Storing] = {}
        for base in self._project.classes.order(ref):
            methods = self._project.classes.record(base).methods if isinstance(base, ClassRef) else {}
            for name, functions in methods.items():
                if isinstance(base, ClassRef) and _TAKING.fullmatch(name):
                    filled = self._project.storing.filling(FunctionRef(base.path, functions[-1]))
                    for table, storing in filled.items():
                        if table not in tables and table not in found and self._is_looked_up(base, table):
                            found[table] = storing
        return found

    def _filled_by_itself(self, ref: ClassRef) -> dict[str, Storing]:
        """Tables of a registry that nobody else may fill, where an annotation says what they hold: `self._tools:
        dict[str, Tool] = {}`, `self._tools |= {"search": Search()}`."""
        found: dict[str, Storing] = {}
        for base in self._project.classes.order(ref):
            if isinstance(base, ClassRef):
                for store in self._project.facts_of(base.path).attribute_stores:
                    function = self._project.function_of(base.path, store.base)
                    own = function is not None and self._project.classes.owner(function) == base
                    if own and function and store.annotation != facts.NONE and self._is_looked_up(base, store.name):
                        summary = Storing(function, facts.NONE, facts.NONE, "", store.name, by_decorator=False)
                        found.setdefault(store.name, summary)
        return found

    def _is_looked_up(self, ref: ClassRef, table: str) -> bool:
        """`self._tools[name]`, `self._tools.get(name)`, `for tool in self._tools`, in the class that fills it."""
        file = self._project.facts_of(ref.path)
        own = {
            index
            for index, record in enumerate(file.expressions)
            if isinstance(record, facts.Attribute)
            and record.name == table
            and class_of_receiver(file, record.base) == ref.id
        }
        looped = {binding.expr for binding in file.bindings if isinstance(binding, facts.ValueBinding) and binding.path}
        for record in file.expressions if own else ():
            match record:
                case facts.Subscript(base=base, literal=None, sliced=False) if base in own:
                    return True
                case facts.Call(func=func) if (
                    isinstance(called := file.expressions[func], facts.Attribute)
                    and called.base in own
                    and called.name in ("get", "pop", "values", "items")
                ):
                    return True
        return not own.isdisjoint(looped)

    def _methods(self, ref: ClassRef, named: bool, contract: RegistryContract | None) -> dict[str, Storing]:
        pattern = _STORING if named else _REGISTERING
        told = {method.name: method for method in contract.methods} if contract else {}
        found: dict[str, Storing] = {}
        for base in self._project.classes.order(ref):
            if not isinstance(base, ClassRef):
                continue
            for name, functions in self._project.classes.record(base).methods.items():
                if name in found or not (pattern.fullmatch(name) or name in told):
                    continue
                function = FunctionRef(base.path, functions[-1])
                storing = self._project.storing.of(function, ref)
                if name in told:
                    storing = self._told(function, told[name].key, told[name].value, storing)
                if storing is not None:
                    found[name] = storing
        return found

    def _told(self, function: FunctionRef, key: str, value: str, inferred: Storing | None) -> Storing | None:
        """A registering method as the configuration describes it; what it leaves out is inferred."""
        names = [parameter.name for parameter in self._project.function(function).parameters]
        base = inferred or Storing(function, facts.NONE, facts.NONE, "", "", by_decorator=False)
        if key in names:
            base = base._replace(key=names.index(key))
        if value in names:
            base = base._replace(value=names.index(value))
        return base if base.value != facts.NONE or base.by_decorator else None

    def _all_storing(self, ref: ClassRef, named: bool) -> Iterator[Storing]:
        pattern = _STORING if named else _REGISTERING
        for base in self._project.classes.order(ref):
            if isinstance(base, ClassRef):
                for name, functions in self._project.classes.record(base).methods.items():
                    if pattern.fullmatch(name):
                        for function in functions:
                            storing = self._project.storing.of(FunctionRef(base.path, function), ref)
                            if storing is not None:
                                yield storing

    @cached_property
    def table_stores(self) -> tuple[tuple[ClassRef, str, facts.SubscriptStore], ...]:
        """Every store by key into a table of a registry, in the methods of its class: (registry, path, store)."""
        return tuple(
            (ref, ref.path, store)
            for ref, registry in self.all.items()
            for file in (self._project.facts_of(ref.path),)
            for store in file.subscript_stores
            if store.expr != facts.NONE and self._is_into_a_table(registry, file, store)
        )

    def _is_into_a_table(self, registry: Registry, file: facts.FileFacts, store: facts.SubscriptStore) -> bool:
        """Whether a store in the file of a registry's class is one into a table of its own."""
        ref = registry.ref
        if ITSELF in registry.tables and class_of_receiver(file, store.base) == ref.id:
            return True
        table, depth = table_at(file, store.base)
        if table is None or class_of_receiver(file, table.base) != ref.id:
            return table_of_a_group(file, store.base, ref.id) in registry.tables
        known = table.name in registry.tables or table.name in registry.taken
        return known and (depth == 0 or self._is_what_is_registered(registry, file, store))

    def _is_what_is_registered(self, registry: Registry, file: facts.FileFacts, store: facts.SubscriptStore) -> bool:
        """`self._tools[namespace][key] = tool`, where that is the method's value: no detail of an entry."""
        function = self._project.function_of(registry.ref.path, store.base)
        values = {storing.value for storing in registry.methods.values() if storing.function == function}
        record = file.expressions[store.expr]
        return isinstance(record, facts.Name) and any(
            isinstance(binding := file.bindings[index], facts.ParameterBinding) and binding.index in values
            for index in record.bindings or ()
        )

    @cached_property
    def table_fillings(self) -> tuple[Filling, ...]:
        """Everything that is put into a table of a registry, in the methods of its class, several at once."""
        return tuple(
            filling
            for ref, registry in self.all.items()
            if registry.tables or registry.taken
            for filling in fillings(self._project.facts_of(ref.path), ref, registry.tables.union(registry.taken))
        )

    @cached_property
    def module_table_stores(self) -> tuple[tuple[str, str, facts.SubscriptStore], ...]:
        """Every store by key into a dict of a module that is called like a registry, or in which a function that is
        called like a registering one stores a parameter: (path, name, store)."""
        found = []
        for path in self._with_module_tables:
            file = self._project.files.facts(path)
            for store in file.subscript_stores if file else ():
                base = file.expressions[store.base] if file else None
                if (
                    file is not None
                    and isinstance(base, facts.Name)
                    and (_TABLE.fullmatch(base.id) or self._is_registering(path, file, store))
                    and store.expr != facts.NONE
                    and self._is_module_name(file, base)
                ):
                    found.append((path, base.id, store))
        return tuple(found)

    @cached_property
    def module_tables(self) -> tuple[tuple[str, str], ...]:
        """The dicts of modules that are called like registries: (path, name)."""
        found = []
        for path in self._with_module_tables:
            file = self._project.files.facts(path)
            for name, bindings in file.scopes[0].names.items() if file else ():
                if file is not None and _TABLE.fullmatch(name) and any(_makes_dict(file, index) for index in bindings):
                    found.append((path, name))
        return tuple(found)

    @cached_property
    def _with_module_tables(self) -> tuple[str, ...]:
        files = self._project.files
        return tuple(sorted({*files.containing("egistr"), *files.containing("EGISTR"), *self._registering}))

    def _is_registering(self, path: str, file: facts.FileFacts, store: facts.SubscriptStore) -> bool:
        """`def register_tool(tool): TOOLS[key] = tool`."""
        function = self._project.function_of(path, store.base)
        if function is None or not _REGISTERING.fullmatch(self._project.function(function).name):
            return False
        return is_parameter(file, store.expr)

    def _is_module_name(self, file: facts.FileFacts, name: facts.Name) -> bool:
        if name.bindings is None:
            return True
        return all(file.bindings[index].scope == 0 for index in name.bindings)

    def is_table(self, ref: ClassRef, attribute: str) -> bool:
        """Whether an attribute is a registry's own storage: a barrier to flow, or all registries with one
        base class would exchange their contents."""
        key = (ref, attribute)
        if key not in self._tables:
            registry = self.all.get(ref)
            self._tables[key] = registry is not None and attribute in registry.tables
        return self._tables[key]


def _makes_dict(file: facts.FileFacts, index: facts.BindingId) -> bool:
    binding = file.bindings[index]
    if not isinstance(binding, facts.ValueBinding) or binding.path or binding.expr == facts.NONE:
        return False
    return isinstance(file.expressions[binding.expr], facts.Mapping)

"""Who may build a registry, and who does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    ExternalValue,
    FunctionRef,
    InstanceValue,
    ItemOf,
    Level,
)
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.flow.keys import ReturnAt
from registry_lint.project.made_later import PASSED, passed_as_factory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.indexes import CallSite
    from registry_lint.project.model import Project

_ACCESSOR = re.compile(
    r"(?:get|create|make|build|new|provide|default|init|initialize|setup|obtain|acquire)_\w+|\w+_factory|provide"
)
# Other ways to make one, beside the constructor, or to put another in the place of the one: nobody who calls the
# constructor goes past them.
_CONVERTING = re.compile(
    r"(?:from|load|parse|read|copy|clone|merge|with|restore|deserialize|filter|subset|reset|replace|set|swap)(?:_\w+)?"
    r"|\w+_from_\w+"
)
# Those of them that make a registry out of what is no registry: who needs one can have it from them.
_LOADING = re.compile(r"(?:load|read|parse|restore|deserialize)_\w+|\w+_from_\w+")
_OF_THE_CLASS = re.compile(r"(?:get|create|obtain|acquire|for)_\w+|get|(?:\w+_)?(?:instance|shared|singleton)")
_HANDING_OUT = re.compile(r"(?:get|obtain|acquire|current|shared|global)_\w+|\w+_registry|registry")
# A builder builds what it is called after: `AgentBuilder.get_registry()` hands out a part of an agent.
_FACTORY_CLASS = re.compile(r"\w*(?:Factory|Provider|RegistryBuilder|Container|Locator)|Builder")
_NEW = re.compile(rb"__new__\s*\(")
_SITES = 4_000  # calls of one name that are looked at; more is a name too common to be a registry's


class Construction(NamedTuple):
    """A place where an instance of a registry class is made."""

    path: str
    expr: facts.ExprId  # the call, or the class where it is passed as a factory
    of: ClassRef
    how: str  # "call", "value" (a call of what holds the class), "default_factory"
    level: Level


class Constructions:
    """Factories and construction sites in production code. All answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._factories: dict[ClassRef, tuple[FunctionRef, ...]] = {}
        self._only_handing_out: set[FunctionRef] = set()  # factories that make none themselves
        self._sites_of: dict[ClassRef, tuple[Construction, ...]] = {}

    # --- who may build one ---

    def factories(self, ref: ClassRef) -> tuple[FunctionRef, ...]:
        """The functions through which a registry class, or a base of it that is one, is meant to be had."""
        known = self._factories.get(ref)
        if known is not None:
            return known
        self._factories[ref] = ()
        found: dict[FunctionRef, None] = {}
        for base in self._project.classes.order(ref):
            if found:
                break  # a class that has factories is not also meant to be had from those of its base
            registry = self._project.registries.all.get(base) if isinstance(base, ClassRef) else None
            if registry is not None and registry.named:
                found.update(dict.fromkeys(self._own_factories(registry.ref)))
        self._factories[ref] = tuple(found)
        return self._factories[ref]

    def is_allowed(self, site: Construction, factories: tuple[FunctionRef, ...]) -> bool:
        """Whether a construction stands where it may: at home, in a factory, where a contract allows it."""
        project = self._project
        if site.path == site.of.path:
            return True
        contract = project.registries.contract_of(site.of)
        module = project.names.module_of(site.path)
        for allowed in contract.allowed_in if contract else ():
            if module == allowed or module.startswith(f"{allowed}."):
                return True
        function = project.function_of(site.path, site.expr)
        while function is not None:
            if function in factories or self._is_factory(function, site.of):
                return True
            if self._factories_served(function, site.of):
                return True
            owner = project.classes.owner(function)
            if owner is not None and project.classes.derives(owner, site.of):
                return True
            if self._is_of_a_factory(function, factories, site.of):
                return True
            function = project.enclosing(function)
        return False

    def _is_of_a_factory(self, function: FunctionRef, factories: tuple[FunctionRef, ...], ref: ClassRef) -> bool:
        """Whether a factory has its registry from a function, be it beside other things (`registry, manager =
        create_secure()`), or whether the object that has the factory as a method builds another one."""
        project = self._project
        owner = project.classes.owner(function)
        if owner is not None and any(project.classes.owner(factory) == owner for factory in factories):
            return True
        if not any(edge.source in factories for edge in project.calls.callers(function)):
            return False
        node = project.production_flow.graph.node(ReturnAt(function.path, function.id, typed=False))
        handed = project.production_flow.solve(node).values
        made = (value.value if isinstance(value, ItemOf) else value for value in handed)
        return any(isinstance(value, InstanceValue) and project.classes.derives(value.of, ref) for value in made)

    def is_own(self, site: Construction) -> bool:
        """Whether a registry makes another one of its kind, in a method of its class."""
        function = self._project.function_of(site.path, site.expr)
        owner = self._project.classes.owner(function) if function is not None else None
        return owner is not None and self._project.classes.derives(owner, site.of)

    def is_derived(self, site: Construction) -> bool:
        """Whether a registry's own object makes another one out of itself: `registry.filter(names)`."""
        function = self._project.function_of(site.path, site.expr)
        return function is not None and self._needs_one(function, site.of)

    def is_named_instance(self, site: Construction) -> bool:
        """`Registry("hooks")`: told apart by a literal name, so that each is meant to be another one."""
        return bool(self.literal_name(site))

    def literal_name(self, site: Construction) -> str:
        """The literal text by which a construction tells its instance apart; "" where there is none."""
        file = self._project.facts_of(site.path)
        call = file.expressions[site.expr]
        if not isinstance(call, facts.Call) or not call.arguments:
            return ""
        first = file.expressions[call.arguments[0].value]
        return first.value if isinstance(first, facts.Literal) and isinstance(first.value, str) else ""

    def builds_only(self, factory: FunctionRef, ref: ClassRef) -> bool:
        """Whether a factory hands out instances of exactly this class and nothing else."""
        flow = self._project.production_flow
        node = flow.solve(flow.graph.node(ReturnAt(factory.path, factory.id, typed=False)))
        made = {value.of for value in node.values if isinstance(value, InstanceValue) and not value.declared}
        return made == {ref}

    def base_of_factories(self, ref: ClassRef, factories: tuple[FunctionRef, ...]) -> ClassRef | None:
        """The base that factories are there for, where none of them hands out the class itself; else None."""
        if not factories or any(self.hands_out(factory, ref) for factory in factories):
            return None
        bases = (base for base in self._project.classes.order(ref)[1:] if isinstance(base, ClassRef))
        return next((base for base in bases if any(self.hands_out(factory, base) for factory in factories)), None)

    def _own_factories(self, ref: ClassRef) -> Iterator[FunctionRef]:
        contract = self._project.registries.contract_of(ref)
        for dotted in contract.factories if contract else ():
            function = self._project.registries.find_function(dotted)
            if function is not None:
                yield function
        for site in self.of(ref):
            function = self._project.function_of(site.path, site.expr)
            if function is None or "default" in self._project.function(function).name:
                continue  # `get_default_registry` hands out one for those who need none of their own
            if _CONVERTING.fullmatch(self._project.function(function).name) or self._needs_one(function, ref):
                continue
            if self._is_factory(function, ref):
                yield function
            else:
                yield from self._factories_served(function, ref)
        yield from self._class_methods(ref)
        yield from self._handing_out_the_one(ref)

    def is_handed_out(self, ref: ClassRef) -> bool:
        """Whether any function hands out instances that it makes: a factory, one for those who need none of their own
        (`default_registry()`), or one that loads them (`load_tools(path)`). Nobody who calls the constructor goes past
        these two; they are there to be called, all the same."""
        if self.factories(ref):
            return True
        for site in self.of(ref):
            function = self._project.function_of(site.path, site.expr)
            if function is None or self._needs_one(function, ref) or not self.hands_out(function, ref):
                continue
            record = self._project.function(function)
            loads = record.class_ == facts.NONE and _LOADING.fullmatch(record.name) is not None
            converts = _CONVERTING.fullmatch(record.name) is not None
            of_own_name = not converts and self._is_factory(function, ref)
            if of_own_name or (loads and not self._project.settings.is_test(function.path)):
                return True
        return False

    def is_beside_the_one(self, site: Construction, factories: tuple[FunctionRef, ...]) -> bool:
        """Whether all that else is to be had is the one of the process, and an object makes one of its own
        (`self._tools = ToolRegistry()`), or an example that stands aside: both are meant to have another one."""
        if not factories or not self._only_handing_out.issuperset(factories):
            return False
        homes = self._project.homes
        aside = homes.is_double_path(site.path) and not homes.is_double_path(site.of.path)
        return aside or any(s.expr == site.expr for s in self._project.facts_of(site.path).attribute_stores)

    def is_installed(self, site: Construction, factories: tuple[FunctionRef, ...]) -> bool:
        """Whether it becomes the one that a factory hands out: `set_registry(registry)` (see installing.py)."""
        from registry_lint.project.installing import is_installed

        return is_installed(self._project, site.path, site.expr, factories)

    def is_empty_default(self, site: Construction, factories: tuple[FunctionRef, ...]) -> bool:
        """Whether it is a field's default, which is empty where the factories fill theirs (see empty_defaults.py)."""
        from registry_lint.project.empty_defaults import is_empty_default

        return is_empty_default(self._project, site, factories)

    def _handing_out_the_one(self, ref: ClassRef) -> Iterator[FunctionRef]:
        """`get_registry()` beside `_registry = ToolRegistry()`: the module makes one, and a function hands it out."""
        project = self._project
        at_home = [
            site for site in self.of(ref) if site.path == ref.path and project.function_of(site.path, site.expr) is None
        ]
        if len(at_home) != 1 or self.literal_name(at_home[0]):
            return  # several, or one of several: none of them is the one
        for index, function in enumerate(project.facts_of(ref.path).functions):
            if _HANDING_OUT.fullmatch(function.name) and not any(
                parameter.default == facts.NONE for parameter in function.parameters
            ):
                found = FunctionRef(ref.path, index)
                if "default" not in function.name and self._is_factory(found, ref):
                    self._only_handing_out.add(found)
                    yield found

    def _needs_one(self, function: FunctionRef, ref: ClassRef) -> bool:
        """A method of the registry's own objects (`registry.child()`): who has none yet cannot call it."""
        owner = self._project.classes.owner(function)
        own = owner is not None and self._project.classes.derives(owner, ref)
        return own and decorated_as(self._project.production_flow, function) == ""

    def _class_methods(self, ref: ClassRef) -> Iterator[FunctionRef]:
        """Methods of the class that hand out one of its own by `cls()`, called like an accessor."""
        file = self._project.facts_of(ref.path)
        for name, functions in file.classes[ref.id].methods.items():
            if _OF_THE_CLASS.fullmatch(name):
                function = file.functions[functions[-1]]
                scopes = {file.blocks[file.expression_blocks[call]].scope for call in file.calls.get("cls", ())}
                if function.scope in scopes and self.hands_out(FunctionRef(ref.path, functions[-1]), ref):
                    yield FunctionRef(ref.path, functions[-1])

    def _is_factory(self, function: FunctionRef, ref: ClassRef) -> bool:
        """A function that hands out the registry itself, called like an accessor, in public."""
        project = self._project
        if project.settings.is_test(function.path):
            return False
        record = project.function(function)
        if "<locals>" in record.qualname or not self.hands_out(function, ref):
            return False
        at_home = function.path == ref.path
        if record.class_ != facts.NONE:
            owner = ClassRef(function.path, record.class_)
            if owner == ref or project.classes.derives(owner, ref):
                return True
            in_factory = _FACTORY_CLASS.fullmatch(project.classes.name(owner)) is not None
            return (in_factory or at_home) and not record.name.startswith("_")
        if record.name.startswith("_"):
            return False
        return at_home or bool(_ACCESSOR.fullmatch(record.name)) or bool(record.yields)

    def _factories_served(self, function: FunctionRef, ref: ClassRef) -> tuple[FunctionRef, ...]:
        """The factories of the same module that hand out what a private function makes, where nobody else calls it:
        `def _build(): return ToolRegistry()`, `def get_tools(): …`. The two are one factory."""
        record = self._project.function(function)
        if not record.name.startswith("_") or record.class_ != facts.NONE or not self.hands_out(function, ref):
            return ()
        callers = dict.fromkeys(edge.source for edge in self._project.calls.callers(function))
        serving = tuple(
            caller
            for caller in callers
            if isinstance(caller, FunctionRef) and caller.path == function.path and self._is_factory(caller, ref)
        )
        return serving if len(serving) == len(callers) else ()

    def hands_out(self, function: FunctionRef, ref: ClassRef) -> bool:
        """Whether a function returns instances of a registry class, or of a subclass."""
        project = self._project
        flow = project.production_flow
        node = flow.solve(flow.graph.node(ReturnAt(function.path, function.id, typed=False)))
        return any(isinstance(value, InstanceValue) and project.classes.derives(value.of, ref) for value in node.values)

    # --- who builds one ---

    def of(self, ref: ClassRef) -> tuple[Construction, ...]:
        """Every place that makes an instance of exactly this class, in production code; sorted."""
        known = self._sites_of.get(ref)
        if known is None:
            found = dict.fromkeys((*self._calls_of(ref), *self.passed_as_factory(ref), *self._made_without_init(ref)))
            known = self._sites_of[ref] = tuple(sorted(found))
        return known

    def _calls_of(self, ref: ClassRef) -> Iterator[Construction]:
        project = self._project
        named: set[tuple[str, facts.ExprId]] = set()
        for site in dict.fromkeys(site for name in project.spellings.names(ref) for site in self._sites(name)):
            level = self._builds(site, ref)
            if level is not None:
                named.add((site.path, site.call))
                yield Construction(site.path, site.call, ref, "call", level)
        for path, call, level in project.spellings.calls_through_values(ref):
            if (path, call) not in named:
                yield Construction(path, call, ref, "value", level)

    def _sites(self, name: str) -> tuple[CallSite, ...]:
        return self._project.production_flow.indexes.call_sites(name, _SITES) or ()

    def _builds(self, site: CallSite, ref: ClassRef) -> Level | None:
        """How sure it is that a call makes an instance of the class; None where it does not."""
        project = self._project
        file = project.facts_of(site.path)
        call = file.expressions[site.call]
        assert isinstance(call, facts.Call)
        flow = project.production_flow
        name = project.classes.name(ref)
        found: Level | None = None
        for value, level in flow.types(site.path, call.func).items():
            if isinstance(value, ClassValue) and value.of == ref and not value.declared:
                found = level if found is None else min(found, level)
            elif isinstance(value, ExternalValue) and self._by_name_only(value, name, ref):
                found = LIKELY if found is None else found
        return found

    def _by_name_only(self, value: ExternalValue, name: str, ref: ClassRef) -> bool:
        """An import from a module of this project that does not exist: only the name tells the class."""
        dotted = value.dotted
        if dotted.rpartition(".")[2] != name or dotted.partition(".")[0] not in self._project.names.roots:
            return False
        same_name = [other for other in self._project.registries.all if self._project.classes.name(other) == name]
        return same_name == [ref]

    def _made_without_init(self, ref: ClassRef) -> Iterator[Construction]:
        """`ToolRegistry.__new__(ToolRegistry)`, `object.__new__(ToolRegistry)`."""
        project = self._project
        for path, _ in project.files.matching(project.classes.name(ref), _NEW):
            file = project.files.facts(path)
            for call in (
                file.calls.get("__new__", ()) if file is not None and not project.settings.is_test(path) else ()
            ):
                record = project.call_at(path, call)
                for argument in record.arguments[:1]:
                    if ClassValue(ref) in project.production_flow.types(path, argument.value):
                        yield Construction(path, call, ref, "value", CERTAIN)

    def passed_as_factory(self, ref: ClassRef) -> Iterator[Construction]:
        """`default_factory=ToolRegistry`, `Depends(ToolRegistry)`, `asyncio.to_thread(ToolRegistry)`."""
        project = self._project
        spelled = set(project.spellings.names(ref))
        for path, _ in project.files.matching(project.classes.name(ref), PASSED):
            file = project.files.facts(path)
            if file is None or project.settings.is_test(path):
                continue
            for record in file.expressions:
                if isinstance(record, facts.Call):
                    for passed, level in passed_as_factory(file, record):
                        dotted = file.dotted(passed) or ""
                        meant = dotted.rpartition(".")[2] in spelled
                        if meant and ClassValue(ref) in project.production_flow.types(path, passed):
                            yield Construction(path, passed, ref, "default_factory", level)

"""Trackers: classes that are fetched through an accessor, which keeps the one instance."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, ClassRef, ClassValue, ExternalValue, FunctionRef, InstanceValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.contracts import TrackerContract
    from registry_lint.project.model import Project

# Inferred by name: every class behind a cached accessor would be too many, and most are meant to be built freely.
_NAMED = re.compile(r"_*\w*Tracker(?:Base|Impl)?")
_HEADER = re.compile(rb"class\s+\w*Tracker\w*")
_ACCESSOR = re.compile(r"(?:get|obtain|current|shared|default|instance)(?:_\w+)?")
_GUARD_NAMES = re.compile(r"_\w+|\w*(?:token|guard|internal|sentinel|accessor|factory|private|allow)\w*", re.IGNORECASE)
_REFUSALS = ("RuntimeError", "TypeError", "PermissionError", "NotImplementedError", "AssertionError")


class Tracker(NamedTuple):
    """A class behind an accessor."""

    ref: ClassRef
    accessor: FunctionRef
    guarded: bool  # its constructor refuses direct calls, or hands out the one instance
    contract: TrackerContract | None


class Trackers:
    """All trackers of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> dict[ClassRef, Tracker]:
        """Every tracker, in the order of paths and lines."""
        found: dict[ClassRef, Tracker] = {}
        project = self._project
        for contract in project.contracts.trackers:
            ref = project.registries.find_class(contract.path)
            accessor = project.registries.find_function(contract.accessor) if contract.accessor else None
            if ref is not None:
                accessor = accessor or self._accessor(ref)
                if accessor is not None:
                    guarded = bool(contract.guard) and self._guards_by(ref, contract.guard)
                    found[ref] = Tracker(ref, accessor, guarded or self._is_guarded(ref), contract)
        for path, _ in project.files.matching("Tracker", _HEADER):
            file = project.files.facts(path)
            if file is None or project.settings.is_test(path):
                continue
            for index, record in enumerate(file.classes):
                ref = ClassRef(path, index)
                if ref not in found and _NAMED.fullmatch(record.name):
                    accessor = self._accessor(ref)
                    if accessor is not None:
                        found[ref] = Tracker(ref, accessor, self._is_guarded(ref), None)
        return dict(sorted(found.items()))

    def constructions(self, tracker: Tracker) -> Iterator[tuple[str, facts.ExprId]]:
        """Every place outside the accessor that makes an instance: (path, call); `C.__new__(C)` included, and the class
        where it is handed on to make one (`default_factory=C`)."""
        project = self._project
        name = project.classes.name(tracker.ref)
        for spelled in (*project.spellings.names(tracker.ref), "__new__"):
            for site in project.production_flow.indexes.call_sites(spelled, 4_000) or ():
                call = project.facts_of(site.path).expressions[site.call]
                assert isinstance(call, facts.Call)
                target = call.func
                if spelled == "__new__":
                    if not call.arguments or site.path not in project.files.mentioning(name):
                        continue
                    target = call.arguments[0].value
                if ClassValue(tracker.ref) in project.production_flow.types(site.path, target):
                    yield site.path, site.call
        for path, called, level in project.spellings.calls_through_values(tracker.ref):
            if level == CERTAIN:
                yield path, called
        for made in project.constructions.passed_as_factory(tracker.ref):
            yield made.path, made.expr

    def is_built_elsewhere(self, tracker: Tracker) -> bool:
        """Whether other code than the accessor makes an instance, tests included: a guard would stop it."""
        project = self._project
        if any(project.function_of(path, made) != tracker.accessor for path, made in self.constructions(tracker)):
            return True
        name = project.classes.name(tracker.ref)
        tests = set(project.files.mentioning(name, tests=True)).difference(project.production)
        return any(name in found.calls for path in sorted(tests) if (found := project.files.facts(path)) is not None)

    def is_kept_for_accessor(self, tracker: Tracker, path: str, call: facts.ExprId) -> bool:
        """Whether a construction is stored, in the accessor's module, in the global that the accessor hands out."""
        if path != tracker.accessor.path:
            return False
        file = self._project.facts_of(path)
        record = file.functions[tracker.accessor.id]
        handed_out = {
            name.id for returned in record.returns if isinstance(name := file.expressions[returned], facts.Name)
        }
        return any(
            isinstance(binding, facts.ValueBinding)
            and binding.expr == call
            and binding.name in handed_out
            and binding.name in file.scopes[binding.scope].global_names
            for binding in file.bindings
        )

    # --- the accessor ---

    def _accessor(self, ref: ClassRef) -> FunctionRef | None:
        """The function that makes the instance once, keeps it in a module global or class attribute, and returns it."""
        file = self._project.facts_of(ref.path)
        for index in range(len(file.functions)):
            if self._is_accessor(FunctionRef(ref.path, index), ref):
                return FunctionRef(ref.path, index)
        name = self._project.classes.name(ref)
        for site in self._project.production_flow.indexes.call_sites(name, 400) or ():
            function = self._project.function_of(site.path, site.call) if site.path != ref.path else None
            if function is not None and self._is_accessor(function, ref):
                return function
        return None

    def _is_accessor(self, function: FunctionRef, ref: ClassRef) -> bool:
        name = self._project.function(function).name
        return _ACCESSOR.fullmatch(name) is not None and self._keeps_instance(function, ref)

    def _keeps_instance(self, function: FunctionRef, ref: ClassRef) -> bool:
        """In a global or class attribute that it stores, in a cache around it, or in what its module made at once."""
        return (
            self._stores_instance(function, ref)
            or self._is_cached(function, ref)
            or self._hands_out_the_module_s(function, ref)
        )

    def _is_cached(self, function: FunctionRef, ref: ClassRef) -> bool:
        """`@lru_cache` on a function without parameters that makes one."""
        project = self._project
        file = project.facts_of(function.path)
        record = file.functions[function.id]
        if record.parameters or not record.decorators:
            return False
        cached = any(
            isinstance(value, ExternalValue) and value.dotted in ("functools.lru_cache", "functools.cache")
            for decorator in record.decorators
            for value in project.production_flow.types(function.path, _called(file, decorator))
        )
        return cached and any(
            InstanceValue(ref) in project.production_flow.values(function.path, returned) for returned in record.returns
        )

    def _hands_out_the_module_s(self, function: FunctionRef, ref: ClassRef) -> bool:
        """`_tracker = UsageTracker()` in the module, and a function that returns nothing else."""
        project = self._project
        file = project.facts_of(function.path)
        record = file.functions[function.id]
        names = [file.expressions[returned] for returned in record.returns]
        kept = {
            binding
            for name in names
            if isinstance(name, facts.Name) and name.bindings is None
            for binding in file.scopes[0].names.get(name.id, ())
        }
        if not kept or record.parameters or not all(isinstance(name, facts.Name) for name in names):
            return False
        made = [binding.expr for index in kept if isinstance(binding := file.bindings[index], facts.ValueBinding)]
        return any(
            expr != facts.NONE
            and isinstance(file.expressions[expr], facts.Call)
            and InstanceValue(ref) in project.production_flow.values(function.path, expr)
            for expr in made
        )

    def _stores_instance(self, function: FunctionRef, ref: ClassRef) -> bool:
        project = self._project
        file = project.facts_of(function.path)
        record = file.functions[function.id]
        flow = project.production_flow
        kept = [
            binding.expr
            for binding in file.bindings
            if isinstance(binding, facts.ValueBinding)
            and binding.scope == record.scope
            and binding.name in file.scopes[record.scope].global_names
        ]
        kept += [
            store.expr
            for store in file.attribute_stores
            if file.blocks[store.block].scope == record.scope and store.name.startswith("_")
        ]
        return any(
            isinstance(value, InstanceValue) and value.of == ref and not value.declared
            for expr in kept
            if expr != facts.NONE
            for value in flow.values(function.path, expr)
        )

    # --- the guard ---

    def _guards_by(self, ref: ClassRef, guard: str) -> bool:
        """Whether the constructor takes the parameter, or calls the function, that a contract names as guard."""
        for name in ("__init__", "__new__"):
            for method in self._project.classes.find_method(ref, name):
                file = self._project.facts_of(method.path)
                record = file.functions[method.id]
                if any(parameter.name == guard for parameter in record.parameters):
                    return True
                calls = file.calls.get(guard.rpartition(".")[2], ())
                if any(file.blocks[file.expression_blocks[call]].scope == record.scope for call in calls):
                    return True
        return False

    def _is_guarded(self, ref: ClassRef) -> bool:
        """An unconditional raise, a raise behind a guard parameter or flag, or a `__new__` that keeps one instance."""
        methods = (m for name in ("__init__", "__new__") for m in self._project.classes.find_method(ref, name))
        return self.hands_out_one(ref) or any(self._refuses(method) for method in methods)

    def hands_out_one(self, ref: ClassRef) -> bool:
        """Whether every call of a class gives the same object: by its `__new__`, its metaclass or its decorator."""
        project = self._project
        if any(self._keeps_one(method) for method in project.classes.find_method(ref, "__new__")):
            return True
        for base in project.classes.order(ref):
            if isinstance(base, ClassRef):
                file = project.facts_of(base.path)
                record = file.classes[base.id]
                told = [keyword.value for keyword in record.keywords if keyword.name == "metaclass"]
                if base == ref:
                    told += record.decorators
                if any("singleton" in (file.dotted(expr) or "").lower() for expr in told):
                    return True
        return False

    def _refuses(self, method: FunctionRef) -> bool:
        file = self._project.facts_of(method.path)
        function = file.functions[method.id]
        for statement in file.statements:
            if statement.kind != "raise" or file.blocks[statement.block].scope != function.scope:
                continue
            block = file.blocks[statement.block]
            if block.kind == "function":
                return True
            if (
                block.kind in ("if", "else")
                and block.parent == function.block
                and self._names_refusal(file, statement.expr)
                and self._tests_guard(file, block.headers, function)
            ):
                return True
        return False

    def _names_refusal(self, file: facts.FileFacts, raised: facts.ExprId) -> bool:
        record = file.expressions[raised] if raised != facts.NONE else None
        target = record.func if isinstance(record, facts.Call) else raised
        dotted = file.dotted(target) if target != facts.NONE else None
        return dotted is not None and (dotted in _REFUSALS or "Direct" in dotted or "Instantiation" in dotted)

    def _tests_guard(self, file: facts.FileFacts, tests: tuple[int, ...], function: facts.Function) -> bool:
        """Whether a test asks for a guard: a parameter called like one, a class attribute, a module's flag."""
        parameters = {parameter.name for parameter in function.parameters[1:]}
        pending = list(tests)
        while pending:
            record = file.expressions[pending.pop()]
            match record:
                case facts.Name(id=name) if name in parameters:
                    if _GUARD_NAMES.fullmatch(name):
                        return True
                case facts.Name(id=name, bindings=None) if name.startswith("_"):
                    return True
                case facts.Attribute(base=base, name=name):
                    owner = file.expressions[base]
                    at_class = isinstance(owner, facts.Name) and (owner.id == "cls" or owner.id[:1].isupper())
                    if at_class and name.startswith("_"):
                        return True
                    pending.append(base)
                case facts.Opaque(parts=parts) | facts.Choice(options=parts):
                    pending.extend(parts)
        return False

    def _keeps_one(self, method: FunctionRef) -> bool:
        """A `__new__` that stores an instance on the class and returns it: every call gives the same object."""
        file = self._project.facts_of(method.path)
        scope = file.functions[method.id].scope
        return any(
            file.blocks[store.block].scope == scope and store.name.startswith("_") for store in file.attribute_stores
        )


def _called(file: facts.FileFacts, decorator: facts.ExprId) -> facts.ExprId:
    """The function of a decorator, with or without arguments."""
    record = file.expressions[decorator]
    return record.func if isinstance(record, facts.Call) else decorator

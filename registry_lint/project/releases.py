"""Functions whose work it is to release registries and connections, and whether anything calls them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.classes import TRANSPARENT_BASES
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
)
from registry_lint.project.flow.indexes import CallSite, aliases_of
from registry_lint.project.looks import has_match
from registry_lint.project.releasing import NAMED, TWINS, Releasing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_HEADER = re.compile(rb"def[ \t]+" + NAMED.pattern.encode())
_OF_TESTS = re.compile(r"(?:^|_)tests?(?:_|$|\d)|testing")  # not `close_latest_session`
# Decorators that leave a function to be called by its name; any other may hand it to somebody.
_PLAIN_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "contextmanager", "asynccontextmanager", "override", "final", "deprecated"}
    | {"wraps", "lru_cache", "cache", "synchronized", "retry", "timeit", "log_call", "no_type_check"}
)
_SITES = 300  # calls of one name that are looked at; a name with more is everybody's


class Orphan(NamedTuple):
    """A function that releases and that nothing in production calls."""

    function: FunctionRef
    releases: str  # "registries" or "connections"
    in_tests: bool  # whether tests mention it
    level: Level


class Releases:
    """Answers for production code, memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._releasing = Releasing(project)
        self._are_orphans: dict[FunctionRef, bool] = {}

    @cached_property
    def orphans(self) -> tuple[Orphan, ...]:
        """Every function or method whose work is to release and that nothing calls, sorted by place."""
        return tuple(sorted(self._orphaned()))

    def _orphaned(self) -> Iterator[Orphan]:
        project = self._project
        for function in self._candidates():
            if self.is_orphan(function):
                name = project.function(function).name
                in_tests = any(project.settings.is_test(path) for path in project.files.mentioning(name, tests=True))
                yield Orphan(function, self._releasing.what(function), in_tests, self._level(function))

    def is_orphan(self, function: FunctionRef) -> bool:
        """Whether it is the work of a function to release, and nothing calls it."""
        known = self._are_orphans.get(function)
        if known is None:
            known = self._are_orphans[function] = bool(
                self._is_called_like_one(self._project.function(function))
                and self._releasing.what(function)
                and not self._may_be_called_from_outside(function)
                and not self._is_called(function)
                and not any(self._is_called(twin) for twin in self._twins(function))
            )
        return known

    def _twins(self, function: FunctionRef) -> Iterator[FunctionRef]:
        """`aclose_pool` beside `close_pool`: one is there for callers who can wait, one for those who cannot."""
        file = self._project.facts_of(function.path)
        record = file.functions[function.id]
        for index, other in enumerate(file.functions):
            if (
                other.is_async != record.is_async
                and other.class_ == record.class_
                and TWINS.sub("", other.name) == TWINS.sub("", record.name)
                and "<locals>" not in other.qualname
            ):
                yield FunctionRef(function.path, index)

    def _candidates(self) -> Iterator[FunctionRef]:
        for path in self.paths:
            file = self._project.files.facts(path)
            for index, function in enumerate(file.functions if file else ()):
                if self._is_called_like_one(function):
                    yield FunctionRef(path, index)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files that are looked through for such functions, sorted."""
        project = self._project
        looked = (_HEADER.pattern, _HEADER.flags)  # at all: hardly a file is without a `def`
        paths = {path for path in project.production if project.files.look(path, has_match, *looked)}
        paths.update(path for name in self._told for path in project.files.mentioning(name))
        return tuple(path for path in sorted(paths) if project.is_reported(path))

    @cached_property
    def _told(self) -> frozenset[str]:
        return frozenset(name.rpartition(".")[2] for name in self._project.contracts.release_names)

    def _is_called_like_one(self, function: facts.Function) -> bool:
        named = NAMED.fullmatch(function.name) and not _OF_TESTS.search(function.name)
        return bool(named or function.name in self._told) and "<locals>" not in function.qualname

    # --- who calls it ---

    def _may_be_called_from_outside(self, function: FunctionRef) -> bool:
        """Whether somebody whom the code does not show may call it: a decorator, a framework's base, an override."""
        project = self._project
        file = project.facts_of(function.path)
        record = file.functions[function.id]
        for decorator in record.decorators:
            expr = file.expressions[decorator]
            target = expr.func if isinstance(expr, facts.Call) else decorator
            if (file.dotted(target) or "").rpartition(".")[2] not in _PLAIN_DECORATORS:
                return True
        if record.class_ == facts.NONE:
            return False
        owner = ClassRef(function.path, record.class_)
        foreign = [base for base in project.classes.order(owner) if isinstance(base, str)]
        if any(base not in TRANSPARENT_BASES and not base.startswith("builtins.") for base in foreign):
            return True
        return not self._is_built(owner)

    def _is_built(self, owner: ClassRef) -> bool:
        """Whether production code makes objects of a class, or derives from it: else the whole class is dead."""
        project = self._project
        built = any(project.calls.callers_of_class(of) for of in (owner, *project.classes.subclasses(owner)))
        return built or self._is_named_elsewhere(owner)

    def _is_named_elsewhere(self, owner: ClassRef) -> bool:
        file = self._project.facts_of(owner.path)
        return any(name == "__new__" for name in file.classes[owner.id].methods)

    def _is_called(self, function: FunctionRef) -> bool:
        project = self._project
        graph = project.calls
        if any(edge.source != function for edge in (*graph.callers(function), *graph.references(function))):
            return True
        if graph.dependents(function) or project.entry_points.among((function,)):
            return True
        if self._is_named_in_a_text(function):
            return True
        return self._is_called_by_name(function) or self._is_declared_above(function)

    def _is_named_in_a_text(self, function: FunctionRef) -> bool:
        """`getattr(module, "close_connections")`, `"app.cleanup:close_connections"`; `__all__` does not count."""
        project = self._project
        name = project.function(function).name
        for path in project.files.mentioning(name):
            file = project.files.facts(path)
            if file is None:
                continue
            texts = [expr.value for expr in file.expressions if isinstance(expr, facts.Literal) and expr.kind == "str"]
            named = [t for t in texts if isinstance(t, str) and re.split(r"[.:]", t)[-1] == name]
            if len(named) > (name in (file.exports or ())):
                return True
        return False

    def _is_called_by_name(self, function: FunctionRef) -> bool:
        """Whether a call of this name could not be resolved to something else."""
        project = self._project
        record = project.function(function)
        sites = project.production_flow.indexes.call_sites(record.name, _SITES)
        if sites is None:
            return True
        return any(self._may_call(site, function) for site in sites)

    def _may_call(self, site: CallSite, function: FunctionRef) -> bool:
        project = self._project
        if project.calls.node_of(site.path, site.call) == function:
            return False
        file = project.facts_of(site.path)
        func = file.expressions[project.call_at(site.path, site.call).func]
        values = project.production_flow.types(site.path, project.call_at(site.path, site.call).func)
        resolved = [value.of for value in values if isinstance(value, FunctionValue)]
        if resolved:
            return function in resolved
        owner = project.classes.owner(function)
        if not isinstance(func, facts.Attribute):
            return owner is None and not self._is_bound_otherwise(file, func)
        receivers = [
            value.of
            for value in project.production_flow.types(site.path, func.base)
            if isinstance(value, InstanceValue | ClassValue)
        ]
        if not receivers:
            return True
        # An import that leads nowhere may still mean this class: a program may be started from a folder of its own.
        return owner is not None and any(
            self._may_be_one(of, owner, project.function(function).name)
            if isinstance(of, ClassRef)
            else of.rpartition(".")[2] == project.classes.name(owner)
            for of in receivers
        )

    def _may_be_one(self, of: ClassRef, owner: ClassRef, name: str) -> bool:
        """Whether an object that was found to be of a class may have the method of another: by descent, or as parts
        of one class. A mixin that hands on its `self` says only what it is itself."""
        project = self._project
        if project.classes.derives(of, owner) or project.classes.derives(owner, of):
            return True
        below = project.classes.subclasses(of)
        return (
            bool(below)
            and not project.classes.find_method(of, name)
            and any(project.classes.derives(each, owner) for each in below)
        )

    def _is_bound_otherwise(self, file: facts.FileFacts, func: facts.Expr) -> bool:
        """Whether a bare name is bound in its own file, and not imported: then it is another function."""
        if not isinstance(func, facts.Name):
            return False
        imported = {b.name for b in file.bindings if isinstance(b, facts.ImportBinding)}
        return func.id in file.scopes[0].names and func.id not in imported and func.id not in aliases_of(file, func.id)

    def _is_declared_above(self, function: FunctionRef) -> bool:
        """Whether a base declares the method and is called itself: then this one is called through it."""
        project = self._project
        owner = project.classes.owner(function)
        if owner is None:
            return False
        name = project.function(function).name
        above = [base for base in project.classes.order(owner)[1:] if isinstance(base, ClassRef)]
        methods = [method for base in above for method in project.classes.methods(base, name)]
        return any(project.calls.callers(method) or self._is_called_by_name(method) for method in methods)

    def _level(self, function: FunctionRef) -> Level:
        """A public method may be meant for users of a library; a module's own function is nobody's if unnamed."""
        record = self._project.function(function)
        exported = self._project.facts_of(function.path).exports
        public = not record.name.startswith("_") and (record.class_ != facts.NONE or record.name in (exported or ()))
        return LIKELY if public else CERTAIN

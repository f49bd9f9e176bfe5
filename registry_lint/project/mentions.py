"""Where functions and globals are named without a call: callbacks, decorators, dependencies, texts, readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import LIKELY, ClassRef, ClassValue, FunctionRef, InstanceValue, ModuleValue
from registry_lint.project.edges import Edge, How, place_of
from registry_lint.project.flow.indexes import aliases_of
from registry_lint.project.runs_in import ModuleBody, Node, RunsIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.project.callees import Callees
    from registry_lint.project.callsieve import CallSieve
    from registry_lint.project.model import Project


class Mentions:
    """Answers for production code. All answers are memoised."""

    def __init__(self, project: Project, resolved: Callees, sieve: CallSieve, runs_in: Callable[[str], RunsIn]) -> None:
        self._project = project
        self._resolved = resolved
        self._sieve = sieve
        self._runs_in = runs_in
        self._references: dict[FunctionRef, tuple[Edge, ...]] = {}
        self._dependents: dict[FunctionRef, tuple[Edge, ...]] = {}

    def references(self, function: FunctionRef) -> tuple[Edge, ...]:
        """Where a function is named without being called: as callback, handler, decorator, dependency, or in a text.

        Imports and `__all__` are no references.
        """
        known = self._references.get(function)
        if known is None:
            known = self._references[function] = tuple(sorted(dict.fromkeys(self._referring(function)), key=place_of))
        return known

    def dependents(self, function: FunctionRef) -> tuple[Edge, ...]:
        """The functions that have a function injected: `Depends(f)` in a parameter or a decorator."""
        known = self._dependents.get(function)
        if known is None:
            known = self._dependents[function] = tuple(sorted(dict.fromkeys(self._depending(function)), key=place_of))
        return known

    def readers(self, path: str, name: str) -> tuple[Node, ...]:
        """The functions that read a global of a module, sorted; in other modules by its import or as an attribute."""
        found: dict[Node, None] = {}
        for reading in self._sieve.reading(path, name):
            file = self._project.files.facts(reading)
            if file is None:
                continue
            index = self._runs_in(reading)
            spelled = {name} if reading == path else self._imported_as(reading, file, path, name)
            for spelling in spelled:
                for load in index.loads.get(spelling, ()):
                    record = file.expressions[load]
                    if isinstance(record, facts.Name) and not self._is_local(file, record):
                        found[index.node(load)] = None
            for load in index.loads.get(name, ()) if reading != path else ():
                record = file.expressions[load]
                if isinstance(record, facts.Attribute) and ModuleValue(path) in (
                    self._project.production_flow.types(reading, record.base)
                ):
                    found[index.node(load)] = None
        return tuple(sorted(node for node in found if isinstance(node, FunctionRef)))

    def _imported_as(self, path: str, file: facts.FileFacts, home: str, name: str) -> set[str]:
        names = self._project.names
        return {
            binding.name
            for binding in file.bindings
            if isinstance(binding, facts.ImportBinding)
            and binding.member == name
            and names.path_of(names.absolute(path, binding.module), path) == home
        }

    def _is_local(self, file: facts.FileFacts, record: facts.Name) -> bool:
        """Whether a name is bound in a function by something other than an import."""
        bindings = [file.bindings[binding] for binding in record.bindings or ()]
        return any(binding.scope != 0 and not isinstance(binding, facts.ImportBinding) for binding in bindings)

    def _depending(self, function: FunctionRef) -> Iterator[Edge]:
        name = self._project.function(function).name
        for path in self._sieve.depending(function):
            file = self._project.files.facts(path)
            if file is None:
                continue
            index = self._runs_in(path)
            for spelling in dict.fromkeys((name, *aliases_of(file, name))):
                for load in index.loads.get(spelling, ()):
                    header = index.headers.get(load)
                    for ref, level in self._resolved.functions(path, load) if header else ():
                        if ref == function and header and header[1] == "dependency":
                            yield Edge(header[0], function, path, load, "dependency", level)

    def _referring(self, function: FunctionRef) -> Iterator[Edge]:
        yield from self._dispatching(function)
        name = self._project.function(function).name
        for path in self._sieve.naming(function):
            if self._project.files.facts(path) is None:
                continue
            index = self._runs_in(path)
            spelled = dict.fromkeys((name, *aliases_of(index.file, name)))
            for load in (load for spelling in spelled for load in index.loads.get(spelling, ())):
                for ref, level in self._resolved.functions(path, load):
                    if ref == function:
                        header = index.headers.get(load)
                        source = header[0] if header else index.node(load)
                        how: How = header[1] if header else "reference"
                        yield Edge(source, function, path, load, how, max(level, LIKELY))
            exported = set(index.file.exports or ())
            for text in index.texts.get(name, ()):
                if name not in exported or not isinstance(index.node(text), ModuleBody):
                    yield Edge(index.node(text), function, path, text, "text", LIKELY)
            for decorator, (source, kind) in index.headers.items():
                if kind == "decorator" and self.last_name(index.file, decorator) in spelled:
                    for ref, level in self._resolved.functions(path, decorator):
                        if ref == function:
                            yield Edge(source, function, path, decorator, "decorator", level)

    def _dispatching(self, method: FunctionRef) -> Iterator[Edge]:
        """Where a method is looked up by a name that is made at run time: `getattr(self, f"visit_{kind}")`."""
        record = self._project.function(method)
        if record.class_ == facts.NONE or "_" not in record.name.strip("_"):
            return
        classes = self._project.classes
        owner = ClassRef(method.path, record.class_)
        for path in self._sieve.looking_up(owner, record.name):
            index = self._runs_in(path)
            for dispatch in index.dispatches:
                if record.name.startswith(dispatch.prefix):
                    for value in self._project.production_flow.types(path, dispatch.object):
                        of = value.of if isinstance(value, InstanceValue | ClassValue) else None
                        if isinstance(of, ClassRef) and (classes.derives(owner, of) or classes.derives(of, owner)):
                            yield Edge(index.node(dispatch.at), method, path, dispatch.at, "reference", LIKELY)

    def last_name(self, file: facts.FileFacts, expr: facts.ExprId) -> str:
        """The last name of what an expression names; \"\" where it names nothing."""
        return (file.dotted(expr) or "").rpartition(".")[2]

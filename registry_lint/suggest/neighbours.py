"""The surroundings of a file in an analysed project: what a suggestion must know of the other files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, ClassValue, FunctionValue, ModuleValue
from registry_lint.project.loaded import loaded_by, modules_loaded
from registry_lint.project.looks import holds
from registry_lint.suggest.outline import Suite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.facts.records import FileFacts
    from registry_lint.project.files import Files
    from registry_lint.project.model import Project
    from registry_lint.project.names import Names


class Neighbours:
    """Answers from a project's facts; nothing is read before it is asked for."""

    def __init__(self, project: Project) -> None:
        self._files: Files = project.files
        self._names: Names = project.names
        self._loaded: dict[str, frozenset[str]] = {}
        self._resolved: dict[str, str] = {}

    def module_of(self, path: str, /) -> str:
        """The dotted name that a file is best imported under."""
        return self._names.module_of(path)

    def said_in(self, path: str, module: str, /) -> str:
        """The name by which a file imports a module. Where it has several, the one that begins like the file's other
        imports: `backend.app.tools` is `app.tools` to a program that is started in `backend/`."""
        target = self._names.path_of(module, path)
        spelled = self._names.modules_of.get(target, ()) if target is not None else ()
        found = self._files.facts(path) if len(spelled) > 1 else None
        if found is None:
            return module
        begins = {said.partition(".")[0] for said, _ in _imports(found) if self._names.path_of(said, path) is not None}
        return next((dotted for dotted in spelled if dotted.partition(".")[0] in begins), module)

    def resolve(self, dotted: str, /) -> str:
        """One text for all dotted names of one class, function or module; another's, or an unclear one's, is itself."""
        known = self._resolved.get(dotted)  # asked of every import of a file, again for each suggestion
        if known is None:
            known = self._resolved[dotted] = self._resolve(dotted)
        return known

    def _resolve(self, dotted: str) -> str:
        module, _, name = dotted.rpartition(".")
        found = self._names.module(dotted)
        if isinstance(found, ModuleValue):
            return f"module {found.path}"
        if not module or not isinstance(owner := self._names.module(module), ModuleValue):
            return dotted
        targets = self._names.member(owner, name)
        match list(targets.items()):
            case [(ClassValue(of=tuple() as of), level)] if level == CERTAIN:
                return f"class {of.id} of {of.path}"
            case [(FunctionValue(of=of), level)] if level == CERTAIN:
                return f"function {of.id} of {of.path}"
        return dotted

    def would_cycle(self, path: str, module: str, /) -> bool:
        """Whether loading a module leads back to a file that is about to import it at its top.

        A module that the file loads already makes no new cycle. The packages around the file are loaded before it,
        so that a way through them is none, unless the import is from one of them.
        """
        target = self._names.path_of(module, path)
        if target is None or target in self._loads(path):
            return False
        around = set(self._packages(self._names.module_of(path)))
        seen = {target, *self._packages(module)} - (around - {target})
        waiting = sorted(seen)
        while waiting:
            for onward in self._loads(waiting.pop()):
                if onward == path:
                    return True
                if onward not in seen and onward not in around:
                    seen.add(onward)
                    waiting.append(onward)
        return path in seen

    def is_imported_from(self, path: str, name: str, /) -> bool:
        """Whether another file imports this name from this one, reads it as an attribute or patches it by its text."""
        last = self._names.module_of(path).rpartition(".")[2]
        spelled = f"{last}.{name}".encode()
        for other in self._files.mentioning(name):
            if other == path or not self._files.look(other, holds, last.encode()):
                continue
            if self._files.look(other, holds, spelled):
                return True
            found = self._files.facts(other)
            if found is None or any(
                self._names.path_of(self._names.absolute(other, module), other) == path
                for module, member in _imports(found)
                if member in (name, "*")
            ):
                return True
        return False

    def bodies_of(self, path: str, /) -> tuple[Suite, ...]:
        """Where the bodies of functions stand, as far as it is known: it saves parsing those that nobody looks into."""
        found = self._files.facts(path)
        return bodies(found) if found is not None else ()

    def _loads(self, path: str) -> frozenset[str]:
        """The files that are loaded while a file is: imported at its top, outside `if TYPE_CHECKING:`."""
        if path not in self._loaded:
            modules = (self._names.absolute(path, module) for module in self._modules_loaded(path))
            paths = (self._names.path_of(dotted, path) for module in set(modules) for dotted in _ancestry(module))
            self._loaded[path] = frozenset(other for other in paths if other is not None and other != path)
        return self._loaded[path]

    def _modules_loaded(self, path: str) -> tuple[str, ...]:
        files, found = self._files, self._files.at_hand(path)
        if found is None:
            return files.look(path, modules_loaded)
        return files.told(path, modules_loaded, lambda: tuple(dict.fromkeys(loaded_by(found))))

    def _packages(self, module: str) -> Iterator[str]:
        """The `__init__.py` files of the packages around a module."""
        for dotted in _ancestry(module.rpartition(".")[0]):
            if (path := self._names.path_of(dotted)) is not None:
                yield path


def bodies(found: FileFacts) -> tuple[Suite, ...]:
    """Where the bodies of the functions of a file stand."""
    return tuple(
        Suite(*found.blocks[function.block].position) for function in found.functions if function.name != "<lambda>"
    )


def _ancestry(module: str) -> Iterator[str]:
    """`a.b.c`, `a.b`, `a`: importing a module loads the packages around it."""
    while module:
        yield module
        module = module.rpartition(".")[0]


def _imports(found: FileFacts) -> Iterator[tuple[str, str]]:
    for binding in found.bindings:
        if isinstance(binding, facts.ImportBinding):
            yield binding.module, binding.member
    yield from ((star.module, "*") for star in found.star_imports)

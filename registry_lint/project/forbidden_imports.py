"""Imports of one class, function or module, under whatever name and by whatever way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import ClassValue, ExternalValue, FunctionValue, ModuleValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project
    from registry_lint.project.names import Target

_LOADERS = ("import_module", "__import__")


def imports_of(project: Project, dotted: str, is_module: bool) -> Iterator[Span]:
    """Where production code imports what a dotted name stands for; a module is imported with what it holds."""
    for path in _paths(project, dotted, is_module):
        file = project.files.facts(path)
        if file is None or project.settings.is_test(path) or project.names.module_of(path) == dotted:
            continue
        found = _Imports(project, path, file, dotted)
        yield from found.of_module() if is_module else found.of_member()


def _paths(project: Project, dotted: str, is_module: bool) -> tuple[str, ...]:
    """The files that can import it: they mention its name, or star-import a module that has it."""
    last = dotted.rpartition(".")[2]
    if is_module:
        return project.files.mentioning(last)
    stars = re.compile(rb"import\s*\*")
    return tuple(
        dict.fromkeys((*project.files.mentioning(last), *(path for path, _ in project.files.matching("import", stars))))
    )


class _Imports:
    """The imports of one file."""

    def __init__(self, project: Project, path: str, file: facts.FileFacts, dotted: str) -> None:
        self._project = project
        self._path = path
        self._file = file
        self._dotted = dotted

    # --- of a module, with what it holds ---

    def of_module(self) -> Iterator[Span]:
        names = self._project.names
        for binding in self._file.bindings:
            if isinstance(binding, facts.ImportBinding):
                module = names.absolute(self._path, binding.submodule or binding.module)
                if self._is_below(module) or self._is_below(f"{module}.{binding.member}"):
                    yield Span(self._path, *binding.position)
        for star in self._file.star_imports:
            if self._is_below(names.absolute(self._path, star.module)):
                yield Span(self._path, *star.position)
        yield from self._loaded()

    def _is_below(self, module: str) -> bool:
        return module == self._dotted or module.startswith(f"{self._dotted}.")

    def _loaded(self) -> Iterator[Span]:
        """`importlib.import_module("…")` with a literal."""
        for loader in _LOADERS:
            for call in self._file.calls.get(loader, ()):
                record = self._file.expressions[call]
                assert isinstance(record, facts.Call)
                first = self._file.expressions[record.arguments[0].value] if record.arguments else None
                if isinstance(first, facts.Literal) and isinstance(first.value, str) and self._is_below(first.value):
                    yield self._file.span(self._path, call)

    # --- of a class or a function ---

    def of_member(self) -> Iterator[Span]:
        names = self._project.names
        wanted = self._meant()
        for index, binding in enumerate(self._file.bindings):
            imported = isinstance(binding, facts.ImportBinding) and bool(binding.member)
            if imported and wanted & set(names.bound(self._path, index)):
                yield Span(self._path, *binding.position)
        for star in self._file.star_imports:
            module = names.module(names.absolute(self._path, star.module), self._path)
            if isinstance(module, ModuleValue) and self._hands_out(module.path, wanted):
                yield Span(self._path, *star.position)
        last = self._dotted.rpartition(".")[2]
        for expr, record in enumerate(self._file.expressions):
            if isinstance(record, facts.Attribute) and record.name == last:
                written = self._file.dotted(expr)
                scope = names.scope_of(self._path, expr)
                if written is not None and wanted & set(names.resolve(self._path, scope, written)):
                    yield self._file.span(self._path, expr)

    def _meant(self) -> set[Target]:
        """What the dotted name stands for."""
        registries = self._project.registries
        ref = registries.find_class(self._dotted)
        if ref is not None:
            return {ClassValue(ref)}
        function = registries.find_function(self._dotted)
        return {FunctionValue(function)} if function is not None else {ExternalValue(self._dotted)}

    def _hands_out(self, path: str, wanted: set[Target]) -> bool:
        """Whether `import *` of a module brings it."""
        file = self._project.files.facts(path)
        last = self._dotted.rpartition(".")[2]
        if file is None or (file.exports is not None and last not in file.exports):
            return False
        return bool(wanted & set(self._project.names.in_module(path, last)))

"""Decorators that make one object of a class: `def singleton(cls): instances = {}; def get(): …; return get`.

What the inner function keeps in a variable of the decorator lives as long as the decorated class.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef, FunctionValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project


class SingletonDecorators:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def kept(self, path: str, file: facts.FileFacts) -> Iterator[tuple[str, str, facts.ExprId, facts.Position]]:
        """What inner functions store of what they make: ("variable" or "entry", its name, the expression, where)."""
        for store in file.subscript_stores:
            base = file.expressions[store.base] if store.expr != facts.NONE and not store.path else None
            if isinstance(base, facts.Name) and base.bindings is None:
                decorator = self._decorator(path, file, store.expr)
                if decorator is not None and base.id in self._variables(file, decorator):
                    yield "entry", base.id, store.expr, store.position
        for binding in file.bindings:
            if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE and not binding.path:
                scope = file.scopes[binding.scope]
                if scope.kind == "function" and scope.parent > 0 and binding.name in file.scopes[scope.parent].names:
                    decorator = self._decorator(path, file, binding.expr)
                    if decorator is not None and binding.name in self._variables(file, decorator):
                        yield "variable", binding.name, binding.expr, binding.position

    def made(self, path: str, expr: facts.ExprId) -> list[ClassRef]:
        """The classes of which `cls(…)` makes an object in a decorator: those that are decorated with it."""
        project = self._project
        decorator = self._decorator(path, project.facts_of(path), expr)
        if decorator is None:
            return []
        name = project.function(decorator).name
        pattern = re.compile(rb"@(?:\w+\.)*" + re.escape(name.encode()) + rb"\b")
        return [
            ClassRef(other, index)
            for other, _ in project.files.matching(name, pattern)
            if not project.settings.is_test(other)
            for index, record in enumerate(project.facts_of(other).classes)
            for applied in record.decorators
            if any(
                isinstance(value, FunctionValue) and value.of == decorator
                for value in project.production_flow.types(other, applied)
            )
        ]

    def _decorator(self, path: str, file: facts.FileFacts, expr: facts.ExprId) -> FunctionRef | None:
        """The function around the one with `cls(…)`, where `cls` is its first parameter."""
        record = file.expressions[expr]
        func = file.expressions[record.func] if isinstance(record, facts.Call) else None
        inner = self._project.function_of(path, expr) if isinstance(func, facts.Name) and not func.bindings else None
        outer = self._project.enclosing(inner) if inner is not None else None
        if outer is None or not isinstance(func, facts.Name):
            return None
        parameters = file.functions[outer.id].parameters
        return outer if parameters and parameters[0].name == func.id else None

    def _variables(self, file: facts.FileFacts, function: FunctionRef) -> dict[str, tuple[facts.BindingId, ...]]:
        return file.scopes[file.functions[function.id].scope].names

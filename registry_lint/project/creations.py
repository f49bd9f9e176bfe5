"""What an expression makes: the class of a new object, where the object is more than plain data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, InstanceValue
from registry_lint.project.singleton_decorators import SingletonDecorators

if TYPE_CHECKING:
    from registry_lint.project.domain import AnyClass
    from registry_lint.project.model import Project

# Objects that hold plain data or none at all: a second one that is thrown away harms nobody.
_PLAIN = frozenset(
    {
        "builtins", "collections", "datetime", "decimal", "enum", "functools", "itertools", "json", "logging",
        "pathlib", "re", "threading", "time", "types", "typing", "uuid", "weakref", "asyncio", "contextvars", "random",
        "argparse", "configparser", "importlib", "inspect", "os", "queue", "structlog", "loguru", "rich", "pydantic",
        "numpy", "pandas", "torch", "dotenv", "multiprocessing", "io", "jinja2", "string", "unittest",
    }
)  # fmt: skip


class Creations:
    """Tells them in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._decorators = SingletonDecorators(project)

    def made(self, path: str, expr: facts.ExprId) -> AnyClass | None:
        """The class of the object that an expression makes, where it makes one that is more than plain data."""
        if not self._makes(self._project.facts_of(path), expr):
            return None
        for value in self._project.production_flow.values(path, expr):
            if isinstance(value, InstanceValue) and not self._is_plain(value.of):
                return value.of
        return self._one_of(self._decorators.made(path, expr)) or self._made_by_metaclass(path, expr)

    def _one_of(self, classes: list[ClassRef]) -> ClassRef | None:
        """Of several classes that share a way of being made, one that matters, if any."""
        found = [of for of in classes if not self._is_plain(of)]
        return next((of for of in found if self.matters(of)), found[0] if found else None)

    def _made_by_metaclass(self, path: str, expr: facts.ExprId) -> AnyClass | None:
        """`super().__call__(…)` in a metaclass: an object of the classes that have it; one that matters, if any."""
        project = self._project
        file = project.facts_of(path)
        call = self._instantiating(file, expr)
        function = project.function_of(path, call) if call is not None else None
        owner = project.classes.owner(function) if function is not None else None
        if owner is None or "builtins.type" not in project.classes.order(owner):
            return None
        name = project.classes.name(owner)
        pattern = re.compile(rb"metaclass\s*=\s*(?:\w+\.)*" + re.escape(name.encode()) + rb"\b")
        users = [
            ClassRef(other, index)
            for other, _ in project.files.matching(name, pattern)
            for index, record in enumerate(project.facts_of(other).classes)
            for keyword in record.keywords
            if keyword.name == "metaclass" and ClassValue(owner) in project.production_flow.types(other, keyword.value)
        ]
        return self._one_of(users)

    def _instantiating(self, file: facts.FileFacts, expr: facts.ExprId) -> facts.ExprId | None:
        """The call `super().__call__(…)` that an expression or a local variable is; None where it is none."""
        match file.expressions[expr]:
            case facts.Call(func=func):
                called = file.expressions[func]
                if isinstance(called, facts.Attribute) and called.name == "__call__":
                    return expr
            case facts.Name(bindings=tuple() as bindings):
                for index in bindings:
                    binding = file.bindings[index]
                    if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE:
                        made = file.expressions[binding.expr]
                        if isinstance(made, facts.Call):
                            return self._instantiating(file, binding.expr)
        return None

    def _makes(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        match file.expressions[expr]:
            case facts.Call():
                return True
            case facts.Choice(options=options):
                return any(self._makes(file, option) for option in options)
            case facts.Name(bindings=tuple() as bindings):
                return any(
                    isinstance(binding, facts.ValueBinding)
                    and binding.expr != facts.NONE
                    and isinstance(file.expressions[binding.expr], facts.Call)
                    and binding.scope != 0
                    for binding in (file.bindings[index] for index in bindings)
                )
        return False

    def _is_plain(self, of: AnyClass) -> bool:
        if isinstance(of, str):
            return of.partition(".")[0] in _PLAIN or not of.rpartition(".")[2][:1].isupper()
        kinds, classes = self._project.kinds, self._project.classes
        if kinds.has_schema_base(of) and not kinds.has_tool_base(of):
            return True
        if any(
            isinstance(base, str) and base.endswith(("Exception", "Error", ".Logger")) for base in classes.order(of)
        ):
            return True
        own = (base for base in classes.order(of) if isinstance(base, ClassRef))
        return not any(
            not name.startswith("__") or name in ("__call__", "__init__")
            for base in own
            for name in classes.record(base).methods
        )

    def matters(self, of: AnyClass) -> bool:
        """Whether a class is a registry, a tracker, or named by a contract."""
        project = self._project
        if not isinstance(of, ClassRef):
            return False
        registry = project.registries.all.get(of)
        if (registry is not None and registry.named) or of in project.trackers.all:
            return True
        return project.classes.dotted(of) in {contract.path for contract in project.contracts.canonical}

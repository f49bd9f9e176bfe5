"""Places that live as long as the process, and what is stored there.

A *place* is a module's global, an attribute of a class, a variable of a decorator of classes, or an entry of a table
that is one of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassValue, ExternalValue
from registry_lint.project.fields import field_call
from registry_lint.project.singleton_decorators import SingletonDecorators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project


class Place(NamedTuple):
    """What holds the object: `name` as the code writes it (`_registry`, `cls._instance`, `_tables[...]`)."""

    kind: str  # "global", "class", "variable" (of a decorator), "entry"
    name: str  # the bare name of the global, attribute, variable or table


class Store(NamedTuple):
    """An expression that is stored in a place."""

    place: Place
    expr: facts.ExprId
    block: facts.BlockId
    position: facts.Position


class ProcessWideStores:
    """Finds what the code of a file stores in such places."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._decorators = SingletonDecorators(project)

    def of(self, path: str, file: facts.FileFacts) -> Iterator[Store]:
        """Each store of a file: those in globals, then those on classes, in tables, and in decorators."""
        for binding in file.bindings:
            if (
                isinstance(binding, facts.ValueBinding)
                and binding.expr != facts.NONE
                and not binding.path
                and binding.name in file.scopes[binding.scope].global_names
            ):
                block = file.expression_blocks[binding.expr]
                yield Store(Place("global", binding.name), binding.expr, block, binding.position)
        for store in file.attribute_stores:
            if store.expr != facts.NONE and not store.path and self._is_class(path, file, store.base):
                yield Store(Place("class", store.name), store.expr, store.block, store.position)
        for entry in file.subscript_stores:
            if entry.expr != facts.NONE and not entry.path:
                name = self._table(path, file, entry.base)
                if name:
                    yield Store(Place("entry", name), entry.expr, entry.block, entry.position)
        for kind, name, expr, position in self._decorators.kept(path, file):
            yield Store(Place(kind, name), expr, file.expression_blocks[expr], position)

    def _is_class(self, path: str, file: facts.FileFacts, base: facts.ExprId) -> bool:
        """Whether an attribute is stored on a class: `cls._x`, `Name._x`, `type(self)._x`, `self.__class__._x`."""
        match file.expressions[base]:
            case facts.Name(id="cls"):
                return True
            case facts.Attribute(name="__class__"):
                return True
            case facts.Call(func=func):
                named = file.expressions[func]
                return isinstance(named, facts.Name) and named.id == "type"
            case facts.Name(id=name):
                return name[:1].isupper() and any(
                    isinstance(value, ClassValue) for value in self._project.production_flow.types(path, base)
                )
        return False

    def _table(self, path: str, file: facts.FileFacts, base: facts.ExprId) -> str:
        """The name of a process-wide table: a module's global, an attribute of a class, `globals()`; else ""."""
        match file.expressions[base]:
            case facts.Name(id=name, bindings=bindings):
                own = [file.bindings[binding] for binding in bindings or ()]
                if all(binding.scope == 0 for binding in own) and name in file.scopes[0].names:
                    return "" if self._is_of_a_library(path, name) else name
            case facts.Attribute(base=owner, name=name) if self._is_class(path, file, owner):
                return name
            case facts.Attribute(base=owner, name=name):
                class_ = self._class_of_self(file, owner)
                if class_ is not None and self._is_class_attribute(file, class_, name):
                    return name
            case facts.Call(func=func):
                named = file.expressions[func]
                if isinstance(named, facts.Name) and named.id == "globals":
                    return "globals()"
        return ""

    def _is_of_a_library(self, path: str, name: str) -> bool:
        """`from flask import session`: what lives how long is the library's business, here as long as a visit."""
        names = self._project.names
        targets = names.resolve(path, 0, name)  # a variable of a module of the project is told by its dotted name, too
        return bool(targets) and all(
            isinstance(target, ExternalValue) and target.dotted.partition(".")[0] not in names.roots
            for target in targets
        )

    def _class_of_self(self, file: facts.FileFacts, expr: facts.ExprId) -> facts.ClassId | None:
        record = file.expressions[expr]
        for index in (record.bindings or ()) if isinstance(record, facts.Name) else ():
            binding = file.bindings[index]
            if isinstance(binding, facts.ParameterBinding) and binding.index == 0:
                return file.functions[binding.function].class_
        return None

    def _is_class_attribute(self, file: facts.FileFacts, class_: facts.ClassId, name: str) -> bool:
        """Whether a table stands in the body of the class and no method gives an object one of its own."""
        if class_ == facts.NONE or not any(
            isinstance(binding := file.bindings[index], facts.ValueBinding)
            and binding.expr != facts.NONE
            and field_call(file, binding.expr) is None  # of which each object has one of its own
            for index in file.scopes[file.classes[class_].scope].names.get(name, ())
        ):
            return False
        return not any(
            store.name == name and self._class_of_self(file, store.base) == class_ for store in file.attribute_stores
        )

"""What a generic registry is told to hold: by its bases, or where it is made, declared or taken.

`class ToolRegistry(Registry["Tool"])`, `tools: Registry[Tool] = Registry()`, `Registry[type[Tool]]()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.annotations import MAPPINGS
from registry_lint.project.domain import ClassRef, ExternalValue, ModuleValue
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.annotations import Shape
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

SAYS_NOTHING = ("object", "Any", "Callable", "Hashable", "Protocol", "Awaitable", "Coroutine", "T")
_DEEPEST = 4  # names that a receiver is followed through


class Element(NamedTuple):
    """What a registry holds: classes, or instances of the class of this name."""

    classes: bool
    name: str


class Elements:
    """Answers for registries and for receivers."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of_class(self, ref: ClassRef) -> Element | None:
        """What a generic base is told to hold; None where no base says it."""
        for base in self._project.classes.order(ref):
            if not isinstance(base, ClassRef):
                continue
            file = self._project.facts_of(base.path)
            for expr in file.classes[base.id].bases:
                record = file.expressions[expr]
                if isinstance(record, facts.Subscript) and record.key != facts.NONE:
                    shape = self._project.annotations.shape(base.path, expr)
                    if shape.name.rpartition(".")[2] not in ("Generic", "Protocol", "Mapping", "Dict", "dict"):
                        told = self._element(base.path, expr, shape)
                        if told is not None:
                            return told
        return None

    def of_receiver(self, registration: Registration) -> Element | None:
        """What the object of a registration is told to hold where it is declared or made; None where nobody says it,
        or where several places do."""
        path = registration.path
        file = self._project.facts_of(path)
        call = file.expressions[registration.call]
        func = file.expressions[call.func] if isinstance(call, facts.Call) else None
        if not isinstance(func, facts.Attribute):
            return None
        name = self._project.classes.name(registration.registry)
        found = {
            element
            for where, expr in self._places(path, func.base, 0)
            for shape in _subscribed(self._project.annotations.shape(where, expr), name)
            if (element := self._element(where, expr, shape)) is not None
        }
        return found.pop() if len(found) == 1 else None

    def _places(self, path: str, expr: facts.ExprId, depth: int) -> Iterator[tuple[str, facts.ExprId]]:
        """The annotations of a receiver, and the expressions of the class that is called to make it."""
        file = self._project.facts_of(path)
        if depth > _DEEPEST:
            return
        match file.expressions[expr]:
            case facts.Name(id=name, bindings=bindings):
                for index in file.scopes[0].names.get(name, ()) if bindings is None else bindings:
                    yield from self._bound(path, index, depth)
            case facts.Attribute(base=base, name=name):
                owner = class_of_receiver(file, base)
                for store in file.attribute_stores if owner != facts.NONE else ():
                    if store.name == name and class_of_receiver(file, store.base) == owner:
                        yield from self._made(path, store.annotation, store.expr)
                for index in self._project.classes.members(ClassRef(path, owner), name) if owner != facts.NONE else ():
                    yield from self._bound(path, index, depth)

    def _bound(self, path: str, index: facts.BindingId, depth: int) -> Iterator[tuple[str, facts.ExprId]]:
        file = self._project.facts_of(path)
        match file.bindings[index]:
            case facts.ValueBinding(expr=made, annotation=annotation, path=()):
                yield from self._made(path, annotation, made)
            case facts.ParameterBinding(function=function, index=position):
                annotation = file.functions[function].parameters[position].annotation
                yield from self._made(path, annotation, facts.NONE)
            case facts.ImportBinding(module=module, member=member) if member:
                names = self._project.names
                found = names.module(names.absolute(path, module), path)
                if isinstance(found, ModuleValue):
                    for other in self._project.facts_of(found.path).scopes[0].names.get(member, ()):
                        yield from self._bound(found.path, other, depth + 1)

    def _made(self, path: str, annotation: facts.ExprId, made: facts.ExprId) -> Iterator[tuple[str, facts.ExprId]]:
        if annotation != facts.NONE:
            yield path, annotation
        record = self._project.facts_of(path).expressions[made] if made != facts.NONE else None
        if isinstance(record, facts.Call):
            yield path, record.func

    # --- shapes ---

    def _element(self, path: str, expr: facts.ExprId, shape: Shape) -> Element | None:
        if not shape.arguments:
            return None
        element = shape.arguments[-1]
        if mentions(element, ("Callable", "Type", "type")):
            return Element(True, "")
        last = element.name.rpartition(".")[2]
        if not last or last in SAYS_NOTHING or len(last) <= 2 or self._is_type_variable(path, expr, element.name):
            return None
        return Element(False, last)

    def _is_type_variable(self, path: str, expr: facts.ExprId, dotted: str) -> bool:
        file = self._project.facts_of(path)
        scope = self._project.names.scope_of(path, expr)
        for index in file.scopes[0].names.get(dotted, ()):
            binding = file.bindings[index]
            if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE:
                record = file.expressions[binding.expr]
                if isinstance(record, facts.Call):
                    called = file.dotted(record.func) or ""
                    return called.rpartition(".")[2] in ("TypeVar", "ParamSpec", "TypeVarTuple")
        targets = self._project.names.resolve(path, scope, dotted)
        return any(isinstance(target, ExternalValue) and target.dotted.endswith(".Any") for target in targets)


def mentions(shape: Shape, names: tuple[str, ...]) -> bool:
    """Whether an annotation speaks of one of some names, or of a factory, anywhere."""
    last = shape.name.rpartition(".")[2]
    return any(last == name or last.endswith("Factory") for name in names) or any(
        mentions(argument, names) for argument in shape.arguments
    )


def entries_of(shape: Shape) -> Shape:
    """An annotation, and of a mapping what its entries are: `dict[type[Service], Service]` holds no classes."""
    while shape.name.rpartition(".")[2] in MAPPINGS and len(shape.arguments) > 1:
        shape = shape.arguments[-1]
    return shape._replace(arguments=tuple(map(entries_of, shape.arguments)))


def _subscribed(shape: Shape, name: str) -> Iterator[Shape]:
    """The parts of an annotation that subscribe a class of this name: `Registry[Tool] | None`."""
    if shape.name.rpartition(".")[2] == name:
        yield shape
    elif shape.name.rpartition(".")[2] in ("|", "Optional", "Union", "Annotated", "Final", "ClassVar"):
        for argument in shape.arguments:
            yield from _subscribed(argument, name)

"""What a registry wants to be given: instances or classes, tools or anything.

Judged by the class of the receiver, never by the method's home: a generic base that every registry shares says
nothing about any of them.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    AnyClass,
    ClassRef,
    ClassValue,
    EntryOf,
    FunctionRef,
    InstanceValue,
    ItemOf,
    MemberOf,
    Value,
)
from registry_lint.project.elements import SAYS_NOTHING, Element, Elements, entries_of, mentions
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.flow.receivers import class_of_receiver
from registry_lint.project.held import Held
from registry_lint.project.tables import ITSELF, stores_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.keys import ParameterAt
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration
    from registry_lint.project.storing import Storing

Wanted = Literal["instances", "classes", "unsaid"]

# A parameter or a registry that is called so is meant for classes (or for something to call).
FOR_CLASSES = re.compile(
    r"_*(?:\w+_)?(?:cls|klass|class|class_|classes|type|type_|types|factory|factories|fn|func|function|callable"
    r"|callback|module|loader|builder|constructor|ctor|creator|provider|strategy_class)_*"
)
# A key that says so means a class among instances: `"client_factory": Client`.
_KEY_OF_A_CLASS = re.compile(r"(?:\w*[\W_])?(?:cls|class|type|factory|constructor|ctor|creator)", re.IGNORECASE)
_REGISTRY_OF_CLASSES = re.compile(
    r"\w*(?:Class|Classes|Type|Types|Model|Models|Factory|Schema|Converter|Plugin)\w*Registr\w+"
)


class Want(NamedTuple):
    """What is wanted, and the words that say how that is known."""

    what: Wanted
    reason: str
    counted: bool = False  # nothing declares it: that is what else is put there


class Given(NamedTuple):
    """In how many places a registry is given instances, and classes."""

    instances: int
    classes: int


UNSAID = Want("unsaid", "")


class Wants:
    """Judges registries and parameters."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._elements = Elements(project)
        self._held = Held(project)
        self._by_registry: dict[tuple[ClassRef, FunctionRef, int, str], Want] = {}

    def of(self, registration: Registration) -> Want:
        """What the registry of a registration wants there."""
        storing = registration.storing
        key = (registration.registry, storing.function, storing.value, storing.table)
        if key not in self._by_registry:
            self._by_registry[key] = self._judge(registration)
        wanted = self._by_registry[key]
        contract = self._project.registries.contract_of(registration.registry)
        if contract is None or contract.holds == "anything":
            element = self._elements.of_receiver(registration)
            return wanted if element is None else _wanting(element)
        return wanted

    def _judge(self, registration: Registration) -> Want:
        project = self._project
        ref, storing = registration.registry, registration.storing
        name = project.classes.name(ref)
        contract = project.registries.contract_of(ref)
        if contract is not None and contract.holds != "anything":
            what: Wanted = "classes" if contract.holds == "classes" else "instances"
            return Want(what, f"{name} holds {contract.holds} by its contract")
        if storing.value == facts.NONE:
            return self._of_decorated(ref, storing) if storing.by_decorator else self._declared_of(ref, storing.table)
        parameter = project.function(storing.function).parameters[storing.value]
        declared = self.by_annotation(storing.function.path, parameter.annotation)
        if declared.what == "unsaid" and not self._held.is_called(ref, storing.table):
            declared = self._by_type_variable(storing.function, parameter)
        if declared.what != "unsaid":
            return declared
        table = self._of_table(ref, storing)
        if table.what != "unsaid":
            return UNSAID if self._is_given_its_own_classes(ref, storing) else table
        if FOR_CLASSES.fullmatch(parameter.name) or _REGISTRY_OF_CLASSES.fullmatch(name):
            return Want("classes", f"{name} is called like a registry of classes")
        if self._held.is_called(ref, storing.table):
            return Want("classes", f"{name} calls what it holds")
        registry = project.registries.all[ref]
        if registry.tables and storing.table in registry.taken:
            return UNSAID  # beside what is registered: what is known of that says nothing of it
        element = self._elements.of_class(ref)
        return self._by_what_is_given(ref) if element is None else _wanting(element)

    def _of_decorated(self, ref: ClassRef, storing: Storing) -> Want:
        """What a decorator stores: it is put on classes, so these are wanted, unless somebody says otherwise."""
        if storing.inner == facts.NONE:
            return UNSAID
        path = storing.function.path
        parameter = self._project.facts_of(path).functions[storing.inner].parameters[0]
        declared = self.by_annotation(path, parameter.annotation)
        if declared.what != "unsaid":
            return declared
        if self._held.is_called(ref, storing.table):
            return Want("classes", f"{self._project.classes.name(ref)} calls what it holds")
        if FOR_CLASSES.fullmatch(parameter.name):
            return UNSAID
        return self._declared_of(ref, storing.table)

    def _declared_of(self, ref: ClassRef, table: str) -> Want:
        """What the annotations of a table ask for."""
        for path, annotation in self.annotations_of(ref, table):
            wanted = self.by_annotation(path, annotation)
            if wanted.what != "unsaid":
                return wanted
        return UNSAID

    def by_use(self, registration: Registration, of: AnyClass) -> Want:
        """Whether the registry calls methods of what it holds, or reads its key from an attribute, that this class has
        for its instances only."""
        project = self._project
        for name in project.toolness.asked(registration):
            if project.kinds.has_attribute(of, name, on_class=False) and (
                project.kinds.has_attribute(of, name, on_class=True) is False
            ):
                return Want("instances", f"its key is read from {name}, which instances have")
        ref, table = registration.registry, registration.storing.table
        for name in self._held.methods_called(ref, table) if table else ():
            methods = project.classes.find_method(of, name)
            if methods and all(decorated_as(project.production_flow, method) == "" for method in methods):
                return Want("instances", f"{project.classes.name(ref)} calls {name}() of what it holds")
        return UNSAID

    def is_key_of_a_class(self, path: str, key: facts.ExprId) -> bool:
        """Whether the key under which something is put says that it is a class, be the others instances."""
        record = self._project.facts_of(path).expressions[key] if key != facts.NONE else None
        literal = record.value if isinstance(record, facts.Literal) else None
        return isinstance(literal, str) and _KEY_OF_A_CLASS.fullmatch(literal) is not None

    def runs(self, registration: Registration, of: AnyClass) -> bool:
        """Whether the registry calls a method that this class has of what it holds: that is what it runs, whatever it
        is called."""
        ref, table = registration.registry, registration.storing.table
        called = self._held.methods_called(ref, table) if table else ()
        return any(self._project.classes.find_method(of, name) for name in called if not name.startswith("_"))

    def is_asked_for(self, registration: Registration, of: AnyClass) -> bool:
        """Whether a registry is written for just this class: its storing method or its table is declared to hold it."""
        project = self._project
        storing = registration.storing
        if storing.by_decorator or not storing.table:
            return False
        annotations: list[tuple[str, facts.ExprId]] = []
        if storing.value != facts.NONE:
            parameter = project.function(storing.function).parameters[storing.value]
            annotations.append((storing.function.path, parameter.annotation))
        if storing.value == facts.NONE or self.stores_itself(storing):
            annotations += self.annotations_of(registration.registry, storing.table)
        return any(
            isinstance(value, InstanceValue)
            and isinstance(value.of, ClassRef)
            and project.classes.derives(of, value.of)
            for path, annotation in annotations
            if annotation != facts.NONE
            for declared in project.annotations.declared(path, annotation)
            for value in _held(declared)
        )

    # --- annotations ---

    def stores_itself(self, storing: Storing) -> bool:
        """Whether what a method is given is put into the table as it is, or one by one where it is given several."""
        file = self._project.facts_of(storing.function.path)
        return stores_parameter(file, storing.function.id, storing.value, storing.table)

    def _of_table(self, ref: ClassRef, storing: Storing) -> Want:
        """`self._tools: dict[str, Tool] = {}`, where the parameter itself is what is put there."""
        if storing.table and self.stores_itself(storing):
            return self._declared_of(ref, storing.table)
        return UNSAID

    def is_called(self, ref: ClassRef) -> bool:
        """Whether a registry that is a dict itself calls what it holds."""
        return self._held.is_called(ref, ITSELF)

    def annotations_of(self, ref: ClassRef, table: str) -> list[tuple[str, facts.ExprId]]:
        """How a class or a base declares its table, in its body or where a method stores it: (path, annotation)."""
        holder, _, own_name = table.rpartition(".")
        if holder:  # of the objects that it keeps: `self._groups: dict[str, Group]`
            return [one for of in self._kept_in(ref, holder) for one in self.annotations_of(of, own_name)]
        found: list[tuple[str, facts.ExprId]] = []
        for base in self._project.classes.order(ref):
            if not isinstance(base, ClassRef):
                continue
            file = self._project.facts_of(base.path)
            if table == ITSELF:  # `class ToolRegistry(dict[str, Tool])`
                found += [(base.path, one) for one in file.classes[base.id].bases if _is_subscript(file, one)]
            for index in self._project.classes.members(base, table):
                binding = file.bindings[index]
                if isinstance(binding, facts.ValueBinding) and binding.annotation != facts.NONE:
                    found.append((base.path, binding.annotation))
            for store in file.attribute_stores:
                own = store.name == table and class_of_receiver(file, store.base) == base.id
                if own and store.annotation != facts.NONE:
                    found.append((base.path, store.annotation))
        return found

    def _kept_in(self, ref: ClassRef, attribute: str) -> list[ClassRef]:
        """The classes of the project of which an attribute holds instances, as its annotations say."""
        return [
            value.of
            for path, annotation in self.annotations_of(ref, attribute)
            for declared in self._project.annotations.declared(path, annotation)
            for value in _held(declared)
            if isinstance(value, InstanceValue) and isinstance(value.of, ClassRef)
        ]

    def by_annotation(self, path: str, annotation: facts.ExprId) -> Want:
        """What an annotation of a value asks for."""
        if annotation == facts.NONE:
            return UNSAID
        shape = entries_of(self._project.annotations.shape(*self._project.annotations.written(path, annotation)))
        if mentions(shape, ("Callable", "Type", "type", "Factory")):
            return Want("classes", "")
        names = sorted(
            {
                self._project.classes.name(value.of)
                for declared in self._project.annotations.declared(path, annotation)
                for value in _held(declared)
                if isinstance(value, InstanceValue) and self._is_telling(value)
            }
        )
        return Want("instances", f"an instance of {' or '.join(names)} is declared") if names else UNSAID

    def _by_type_variable(self, function: FunctionRef, parameter: facts.Parameter) -> Want:
        """`def register(self, interface: type[T], implementation: T)`: an instance of what the other one names."""
        if parameter.annotation == facts.NONE:
            return UNSAID
        variable = self._project.annotations.shape(function.path, parameter.annotation)
        for other in self._project.function(function).parameters:
            if other.annotation != facts.NONE and not variable.arguments:
                shape = self._project.annotations.shape(function.path, other.annotation)
                if shape.name.rpartition(".")[2] in ("Type", "type") and shape.arguments == (variable,):
                    return Want("instances", f"an instance of what {other.name} names is declared")
        return UNSAID

    def _is_telling(self, value: InstanceValue) -> bool:
        """Whether a declared class tells that an instance is meant (not `Any`, not a protocol of callables)."""
        name = self._project.classes.name(value.of)
        if name in SAYS_NOTHING or (isinstance(value.of, str) and value.of.startswith("builtins.")):
            return False
        if isinstance(value.of, ClassRef):
            order = self._project.classes.order(value.of)
            if any(isinstance(base, str) and base.rpartition(".")[2] == "Protocol" for base in order):
                return not self._project.classes.find_method(value.of, "__call__")
        return True

    def parameter(self, key: ParameterAt) -> Want:
        """What a parameter on the way to a registry asks for."""
        function = self._project.function(FunctionRef(key.path, key.function))
        return self.by_annotation(key.path, function.parameters[key.index].annotation)

    # --- use ---

    def _is_given_its_own_classes(self, ref: ClassRef, storing: Storing) -> bool:
        """A base that keeps its subclasses, and whose table is declared by its own name as if they were instances:
        `class Interface: known: ClassVar[dict[str, Interface]] = {}`. It is given classes, and nothing else."""
        project = self._project
        order = project.classes.order(ref)
        keeps_its_own = any(
            isinstance(value, InstanceValue) and value.of in order
            for path, annotation in self.annotations_of(ref, storing.table)
            for declared in project.annotations.declared(path, annotation)
            for value in _held(declared)
        )
        given = self._counts.get(ref) if keeps_its_own else None
        return given is not None and given.classes > 1 and not given.instances

    def _by_what_is_given(self, ref: ClassRef) -> Want:
        """The same registry is given instances elsewhere, and more often than classes."""
        given = self._counts.get(ref)
        if given is None or given.instances <= given.classes:
            return UNSAID
        places = "place" if given.instances == 1 else "places"
        return Want("instances", f"it is given instances in {given.instances} other {places}", True)

    @cached_property
    def _counts(self) -> dict[ClassRef, Given]:
        """In how many places each registry is given instances, and classes."""
        counts: dict[ClassRef, Given] = {}
        for registration in self._project.registrations.all:
            if registration.value == facts.NONE:
                continue
            values = [
                value
                for value in self._project.production_flow.values(registration.path, registration.value)
                if isinstance(value, InstanceValue | ClassValue) and not value.declared
            ]
            before = counts.get(registration.registry, Given(0, 0))
            counts[registration.registry] = Given(
                before.instances + any(isinstance(value, InstanceValue) for value in values),
                before.classes + any(isinstance(value, ClassValue) for value in values),
            )
        return counts

    # --- tools ---

    def holds_tools(self, registration: Registration) -> bool:
        """Whether tools belong where something is registered: by contract, by names, by declared types."""
        project = self._project
        contract = project.registries.contract_of(registration.registry)
        if contract is not None and contract.holds != "anything":
            return contract.holds == "tools"
        function = project.function(registration.storing.function)
        words = [function.name, *(project.classes.name(of) for of in project.classes.order(registration.registry))]
        if function.name.startswith("__"):  # a constructor takes all kinds of things: what is it called here?
            words = [registration.storing.table]
        if registration.storing.value != facts.NONE:
            words.append(function.parameters[registration.storing.value].name)
        if any(re.search(r"tool(?!tip)", word, re.IGNORECASE) for word in words):
            return True
        element = self._elements.of_class(registration.registry) or self._elements.of_receiver(registration)
        return element is not None and "tool" in element.name.lower()


def _is_subscript(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    return isinstance(file.expressions[expr], facts.Subscript)


def _wanting(element: Element) -> Want:
    if element.classes:
        return Want("classes", "its element type is a class")
    return Want("instances", f"its element type is {element.name}")


def _held(value: Value) -> Iterator[Value]:
    """A value, or what a collection holds."""
    while isinstance(value, MemberOf | ItemOf | EntryOf):
        value = value.value
    yield value

"""Attributes: of objects whose class is known, of modules, and (by name alone) of objects that stay unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    DisplayValue,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
    ModuleValue,
    NoneValue,
    PackageValue,
    StoredValue,
    SuperValue,
    UnknownValue,
    Value,
)
from registry_lint.project.flow import guards
from registry_lint.project.flow.enums import expand_value
from registry_lint.project.flow.fields import field_keywords
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.keys import AttributeAt, BindingAt, FieldAt, MemberAt, ReturnAt, StateAt
from registry_lint.project.flow.lifespans import ask_state, is_none, is_of_a_state
from registry_lint.project.flow.mappings import entry_node, is_namespace
from registry_lint.project.flow.named_tuples import fields_of_base
from registry_lint.project.flow.outside import put_in_attribute_by_others
from registry_lint.project.flow.overrides import filling_in
from registry_lint.project.flow.parts import flow_parts
from registry_lint.project.flow.plain import is_plain
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.indexes import Mutation
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.solver import Flow

_CLASS_NAMES = ("__name__", "__qualname__")
_PROPERTIES = ("property", "cached_property", "hybrid_property", "classproperty", "computed_field")


def expand_load(flow: Flow, node: Node, key: ExprAt, attribute: facts.Attribute) -> None:
    """`base.name`, read."""
    path = key.path
    base = flow.node(path, attribute.base, key.typed)
    if attribute.name == "__class__":
        flow.graph.flow(base, node, ("class-of",))
        return
    if attribute.name in _CLASS_NAMES:
        note = Note("the name of a class is taken here", flow.span(path, key.expr))
        flow.graph.flow(base, node, ("name-of",), note=note)
        return
    receiver = flow.type_node(path, attribute.base)
    operation = guards.operation(flow, path, attribute.guards)

    def arrive(value: Value, level: Level) -> None:
        source = member_node(flow, value, attribute.name, key.typed)
        if source is not None:
            flow.graph.flow(source, node, operation, level)
            return
        if isinstance(value, DisplayValue):
            if is_namespace(flow, value):
                flow.graph.flow(entry_node(flow, value, attribute.name, key.typed), node, operation, level)
            return
        if isinstance(value, PackageValue):  # a folder without __init__.py, on the way to a module
            for member, further in flow.names.member(value, attribute.name, path).items():
                flow.graph.seed(node, member, max(level, further))
            return
        found = member_value(value, attribute.name)
        if found is not None:
            flow.graph.seed(node, found, level)

    flow.graph.watch(receiver, arrive)
    if attribute.name == "value":
        expand_value(flow, node, key, attribute)
    if not key.typed:
        for of in filling_in(flow, path, attribute.base, attribute.name):
            theirs = flow.graph.node(AttributeAt(of.path, of.id, attribute.name, False, False))
            place = Span(of.path, *flow.facts(of.path).classes[of.id].position)
            note = Note(f"{attribute.name} is what {flow.classes.name(of)} has in its place", place)
            flow.graph.flow(theirs, node, operation, LIKELY, note)
    if not key.typed or is_of_a_state(flow.facts(path), attribute.base):
        flow.unresolved.append((node, lambda: ask_by_name(flow, node, key, attribute)))


def member_node(flow: Flow, value: Value, name: str, typed: bool) -> Node | None:
    """The node of `value.name`, where the value is something of the project."""
    match value:
        case InstanceValue(of=ClassRef(path=path, id=index)):
            return flow.graph.node(AttributeAt(path, index, name, False, typed))
        case ClassValue(of=ClassRef(path=path, id=index)):
            return flow.graph.node(AttributeAt(path, index, name, True, typed))
        case SuperValue(of=ClassRef(path=path, id=index)):
            return flow.graph.node(AttributeAt(path, index, f"super.{name}", False, typed))
        case ModuleValue(path=path):
            return flow.graph.node(MemberAt(path, name, typed))
    return None


def member_value(value: Value, name: str) -> Value | None:
    """What `value.name` is, where that needs no looking."""
    match value:
        case ExternalValue(dotted=dotted) | PackageValue(dotted=dotted):
            return ExternalValue(f"{dotted}.{name}")
        case ClassValue(of=str() as dotted):
            return ExternalValue(f"{dotted}.{name}")
        case StoredValue():
            return value
    return None


def ask_by_name(flow: Flow, node: Node, key: ExprAt, attribute: facts.Attribute) -> bool:
    """Let a load whose receiver stayed unknown ask by the attribute's name; whether it did."""
    if any(not isinstance(value, UnknownValue | NoneValue) for value in node.values):
        return False
    receiver = flow.type_node(key.path, attribute.base)
    for value in receiver.values:
        if isinstance(value, ModuleValue | SuperValue):
            return False
        if isinstance(value, InstanceValue | ClassValue) and isinstance(value.of, ClassRef):
            return False  # the class is known: what it lacks is not guessed
    note = Note(f"read from attribute {attribute.name}", flow.span(key.path, key.expr))
    operation = guards.operation(flow, key.path, attribute.guards)
    if key.typed:
        flow.graph.flow(flow.graph.node(StateAt(key.path, attribute.name)), node, operation, LIKELY, note)
        return True
    flow.graph.flow(flow.graph.node(FieldAt("", attribute.name)), node, operation, LIKELY, note)
    ask_state(flow, node, key.path, attribute, operation, note)
    return True


def expand_field(flow: Flow, node: Node, key: FieldAt) -> None:
    """An attribute by its name alone: only where few places store it, else nothing is said."""
    everywhere = flow.indexes.outside_stores(key.name, flow.limits.field_stores)
    stores = [(path, store) for path, store in everywhere or () if not is_none(flow.facts(path), store.expr)]
    if everywhere is None or len(stores) > flow.limits.field_stores:
        flow.unknown(node, f"attribute {key.name} is stored in many places")
        return
    if not stores:
        flow.unknown(node, f"attribute {key.name} of something unknown")
    for path, store in stores:
        _flow_store(flow, node, path, store, typed=False, level=LIKELY)


def _flow_store(
    flow: Flow, node: Node, path: str, store: facts.AttributeStore, typed: bool, level: Level = CERTAIN
) -> None:
    note = Note(f"stored as attribute {store.name}", Span(path, *store.position))
    source = flow.node(path, store.expr, typed)
    flow_parts(flow, source, node, path, store.path, level, note)


def expand_attribute(flow: Flow, node: Node, key: AttributeAt) -> None:
    """An attribute of a class of the project or of its instances: the first class of the order that has it."""
    name = key.name
    order: list[ClassRef | str] = list(flow.classes.order(key.owner))
    above = name.startswith("super.")
    if above:
        name, order = name.removeprefix("super."), order[1:]
    if flow.storage(key.owner, name):
        flow.graph.seed(node, StoredValue(key.owner))
        return
    found = False
    for owner in order:
        if isinstance(owner, str):
            continue
        if not found:
            found = _own(flow, node, key, owner, name)
        found = _stored_on_self(flow, node, key, owner, name, of_class=key.on_class and found) or found
        _put_in(flow, node, key, owner, name)
        if not found and not key.typed and name in fields_of_base(flow, owner):
            field_keywords(flow, node, owner, name)
    _stored_from_outside(flow, node, key, name)
    put_in_attribute_by_others(flow, node, key, name)
    if not found and above:
        _beside(flow, node, key, name)
    elif not found:
        for owner in flow.classes.subclasses(key.owner) if not key.on_class else ():
            _own(flow, node, key, owner, name)
            _stored_on_self(flow, node, key, owner, name)


def _beside(flow: Flow, node: Node, key: AttributeAt, name: str) -> None:
    """`super().name` of a mixin: what follows it in the order of a class that derives from it."""
    for subclass in flow.classes.subclasses(key.owner):
        order = flow.classes.order(subclass)
        behind = order[order.index(key.owner) + 1 :] if key.owner in order else ()
        for owner in behind:
            if isinstance(owner, ClassRef) and _own(flow, node, key, owner, name):
                break


def _own(flow: Flow, node: Node, key: AttributeAt, owner: ClassRef, name: str) -> bool:
    """What the body of one class says of the name: methods, properties, class attributes."""
    members = flow.classes.members(owner, name)
    file = flow.facts(owner.path)
    for binding in members:
        record = file.bindings[binding]
        if isinstance(record, facts.FunctionBinding):
            _method(flow, node, key, FunctionRef(owner.path, record.function))
        else:
            source = flow.graph.node(BindingAt(owner.path, binding, key.typed))
            flow.graph.flow(source, node)
            annotated = isinstance(record, facts.ValueBinding) and record.annotation != facts.NONE
            if annotated and not key.typed and not _is_plain_field(flow, owner, record, name):
                field_keywords(flow, node, owner, name)
    return bool(members)


def _is_plain_field(flow: Flow, owner: ClassRef, record: facts.Binding, name: str) -> bool:
    annotation = record.annotation if isinstance(record, facts.ValueBinding) else facts.NONE
    return is_plain(flow.annotations.declared(owner.path, annotation), name)


def _method(flow: Flow, node: Node, key: AttributeAt, function: FunctionRef) -> None:
    kind = decorated_as(flow, function)
    if kind == "property" and not key.on_class:
        note = Note(f"handed out by property {key.name}", _name_span(flow, function))
        flow.graph.flow(flow.graph.node(ReturnAt(function.path, function.id, key.typed)), node, note=note)
    elif kind != "property":
        bound = kind == "class" or (kind == "" and not key.on_class)
        flow.graph.seed(node, FunctionValue(function, bound))


def _name_span(flow: Flow, function: FunctionRef) -> Span:
    return Span(function.path, *flow.facts(function.path).functions[function.id].position)


def decorated_as(flow: Flow, function: FunctionRef) -> str:
    """How decorators change what a method is: "static", "class", "property", or "" for a plain one."""
    file = flow.facts(function.path)
    record = file.functions[function.id]
    if record.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return "class"
    for decorator in record.decorators:
        expr = file.expressions[decorator]
        target = expr.func if isinstance(expr, facts.Call) else decorator
        last = (file.dotted(target) or "").rpartition(".")[2]
        if last == "staticmethod":
            return "static"
        if last == "classmethod":
            return "class"
        if last in _PROPERTIES or last in ("setter", "getter", "deleter"):
            return "property"
    return ""


def stores_on_self(flow: Flow, owner: ClassRef, name: str) -> Iterator[facts.AttributeStore]:
    """The stores `self.name = …` in the methods of one class."""
    file = flow.facts(owner.path)
    for store in flow.indexes.attribute_stores(owner.path, name):
        if store.expr != facts.NONE and class_of_receiver(file, store.base) == owner.id:
            yield store


def _is_on_class(flow: Flow, owner: ClassRef, store: facts.AttributeStore) -> bool:
    """Whether the first parameter that a store goes through is the class: in a classmethod, in `__new__`."""
    file = flow.facts(owner.path)
    record = file.expressions[store.base]
    for index in (record.bindings or ()) if isinstance(record, facts.Name) else ():
        binding = file.bindings[index]
        if isinstance(binding, facts.ParameterBinding):
            return decorated_as(flow, FunctionRef(owner.path, binding.function)) == "class"
    return False


def _stored_on_self(
    flow: Flow, node: Node, key: AttributeAt, owner: ClassRef, name: str, *, of_class: bool = False
) -> bool:
    """What methods store on `self`, or with `of_class` on the class alone: `cls._instance = cls()`."""
    found = False
    for store in stores_on_self(flow, owner, name):
        if of_class and not _is_on_class(flow, owner, store):
            continue
        found = True
        declared = flow.annotations.declared(owner.path, store.annotation)
        for value in declared:
            flow.graph.seed(node, value)
        ends = key.typed and any(guards.says_a_class(value) for value in declared)
        if not ends and not is_plain(declared, name):
            _flow_store(flow, node, owner.path, store, key.typed)
    return found


def _put_in(flow: Flow, node: Node, key: AttributeAt, owner: ClassRef, name: str) -> None:
    """What methods of the class put into the container that the attribute holds."""
    file = flow.facts(owner.path)
    for mutation in flow.indexes.attribute_mutations(owner.path, name):
        target = file.expressions[mutation.target]
        assert isinstance(target, facts.Attribute)
        receiver = class_of_receiver(file, target.base)
        if receiver == owner.id:
            note = Note(f"put into {name} here", flow.span(owner.path, mutation.value))
            source = flow.node(owner.path, mutation.value, key.typed)
            flow.graph.flow(source, node, mutation.operation, note=note)
        elif receiver == facts.NONE and not key.typed:
            _put_in_from_outside(flow, node, owner, mutation, target.base)


def _put_in_from_outside(flow: Flow, node: Node, owner: ClassRef, mutation: Mutation, receiver: facts.ExprId) -> None:
    """`Tool.known.append(cls)`, `bundle.tools.append(x)` in the file of the class."""

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, InstanceValue | ClassValue) and value.of == owner:
            note = Note("put into it here", flow.span(owner.path, mutation.value))
            flow.graph.flow(flow.value_node(owner.path, mutation.value), node, mutation.operation, level, note)

    flow.graph.watch(flow.type_node(owner.path, receiver), arrive)


def _stored_from_outside(flow: Flow, node: Node, key: AttributeAt, name: str) -> None:
    """`obj.name = value` where `obj` turns out to be of this class or of one akin to it."""
    if name.startswith("__"):
        return
    stores = flow.indexes.outside_stores(name, flow.limits.outside_stores)
    if stores is None or len(stores) > flow.limits.outside_stores:
        most = flow.limits.outside_stores
        flow.graph.cut(f"an attribute that more than {most:,} places outside of its class set: they are not seen")
        return
    for path, store in stores:
        _watch_store(flow, node, key, path, store)


def _watch_store(flow: Flow, node: Node, key: AttributeAt, path: str, store: facts.AttributeStore) -> None:
    def arrive(value: Value, level: Level) -> None:
        of = value.of if isinstance(value, InstanceValue | ClassValue) else None
        if isinstance(of, ClassRef) and (flow.classes.derives(of, key.owner) or flow.classes.derives(key.owner, of)):
            _flow_store(flow, node, path, store, key.typed, level)

    flow.graph.watch(flow.type_node(path, store.base), arrive)

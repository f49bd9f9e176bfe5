"""What an edge of the graph does to a value on its way: small pure functions, named so that they compare.

An operation is a tuple (name, arguments …); `apply` gives the values that come out, none where the value
cannot pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from registry_lint.project.domain import (
    DEEPEST_NESTING,
    ClassValue,
    DisplayValue,
    EntryOf,
    FunctionValue,
    IdentityValue,
    InstanceValue,
    ItemOf,
    KeyOf,
    MemberOf,
    MetaclassValue,
    NameOfValue,
    NoneValue,
    NumberValue,
    StoredValue,
    TextValue,
    TypeOfValue,
    UnknownValue,
    Value,
    nesting,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry_lint.facts.records import Path, Step

Operation: TypeAlias = tuple[str | int, ...]
Values: TypeAlias = tuple[Value, ...]


def apply(operation: Operation, value: Value) -> Values:
    """The values that come out of an operation."""
    return _OPERATIONS[operation[0]](value, *operation[1:])


# What is in a collection that is only declared to be one: `tools: list`.
UNTOLD = UnknownValue("in a collection whose annotation says nothing of what it holds")
_OF_A_BARE: Values = (UNTOLD,)
_BARE = {
    "list": frozenset({"list", "List", "tuple", "Tuple", "set", "Set", "Sequence", "Iterable", "Collection"}),
    "dict": frozenset({"dict", "Dict", "Mapping", "MutableMapping"}),
}


def _is_bare(value: Value, kind: str) -> bool:
    """Whether a value is declared to be a list or a dict, of whatever."""
    if not isinstance(value, InstanceValue) or not value.declared or not isinstance(value.of, str):
        return False
    module, _, name = value.of.rpartition(".")
    return name in _BARE[kind] and module in ("builtins", "typing", "collections.abc")


def _same(value: Value) -> Values:
    return (value,)


def _wrapped(make: Callable[[Value], Value]) -> Callable[[Value], Values]:
    def wrap(value: Value) -> Values:
        return () if nesting(value) >= DEEPEST_NESTING else (make(value),)

    return wrap


def _as_item(value: Value, index: int | str) -> Values:
    return () if nesting(value) >= DEEPEST_NESTING else (ItemOf(index, value),)


def _element(value: Value) -> Values:
    """What a loop over a value hands out."""
    if _is_bare(value, "list"):
        return _OF_A_BARE
    match value:
        case ItemOf(index=str()):
            return ()  # a mapping hands out its keys
        case MemberOf(value=inner) | ItemOf(value=inner) | KeyOf(value=inner):
            return (inner,)
        case StoredValue() | UnknownValue():
            return (value,)
    return ()


def _item(value: Value, index: int | str) -> Values:
    """What `x[index]` hands out, or an unpacking at that position."""
    if _is_bare(value, "dict") or _is_bare(value, "list"):
        return _OF_A_BARE
    match value:
        case ItemOf(index=position, value=inner):
            return (inner,) if position == index else ()
        case EntryOf(value=inner):
            return (inner,)
        case MemberOf(value=inner) if isinstance(index, int):
            return (inner,)
        case StoredValue() | UnknownValue():
            return (value,)
    return ()


def _rest(value: Value, index: int) -> Values:
    match value:
        case ItemOf(index=int() as position, value=inner):
            return (MemberOf(inner),) if position >= index else ()
        case MemberOf():
            return (value,)
    return ()


def _entry(value: Value) -> Values:
    """What a subscript by an unknown key hands out."""
    if _is_bare(value, "dict") or _is_bare(value, "list"):
        return _OF_A_BARE
    match value:
        case EntryOf(value=inner) | MemberOf(value=inner) | ItemOf(value=inner):
            return (inner,)
        case StoredValue() | UnknownValue():
            return (value,)
    return ()


def _collection(value: Value) -> Values:
    """`list(x)`, `sorted(x)`, `x[a:b]`: the same members, positions no longer told apart."""
    match value:
        case MemberOf() | StoredValue() | UnknownValue():
            return (value,)
        case ItemOf(value=inner) | KeyOf(value=inner):
            return (MemberOf(inner),)
    return ()


def _enumerated(value: Value) -> Values:
    return tuple(MemberOf(ItemOf(1, inner)) for inner in _element(value) if nesting(inner) < DEEPEST_NESTING - 1)


def _grouped(value: Value) -> Values:
    """What `groupby` hands out: pairs of a key and the members that have it."""
    inner = _element(value)
    return tuple(MemberOf(ItemOf(1, MemberOf(one))) for one in inner if nesting(one) < DEEPEST_NESTING - 2)


def _zipped(value: Value, index: int) -> Values:
    return tuple(MemberOf(ItemOf(index, inner)) for inner in _element(value) if nesting(inner) < DEEPEST_NESTING - 1)


def _paired(value: Value) -> Values:
    """The pairs of a mapping, from its entries."""
    return (MemberOf(ItemOf(1, value)),) if nesting(value) < DEEPEST_NESTING - 1 else ()


def _mapping_items(value: Value) -> Values:
    if _is_bare(value, "dict"):
        return (MemberOf(ItemOf(1, UNTOLD)),)
    match value:
        case EntryOf(value=inner) | ItemOf(index=str(), value=inner):
            return (MemberOf(ItemOf(1, inner)),)
        case KeyOf(value=inner):
            return (MemberOf(ItemOf(0, inner)),)
        case StoredValue():
            return (value,)
    return ()


def _mapping_values(value: Value) -> Values:
    if _is_bare(value, "dict"):
        return (MemberOf(UNTOLD),)
    match value:
        case EntryOf(value=inner) | ItemOf(index=str(), value=inner):
            return (MemberOf(inner),)
        case StoredValue():
            return (value,)
    return ()


def _mapping_keys(value: Value) -> Values:
    return (MemberOf(value.value),) if isinstance(value, KeyOf) else ()


def _from_pairs(value: Value) -> Values:
    """`dict(pairs)`."""
    match value:
        case MemberOf(value=ItemOf(index=1, value=inner)) | ItemOf(index=int(), value=ItemOf(index=1, value=inner)):
            return (EntryOf(inner),)
        case MemberOf(value=ItemOf(index=0, value=inner)) | ItemOf(index=int(), value=ItemOf(index=0, value=inner)):
            return (KeyOf(inner),)
        case EntryOf() | KeyOf() | DisplayValue() | StoredValue():
            return (value,)
    return ()


def _class_of(value: Value) -> Values:
    """`type(x)`, `x.__class__`: the class of an instance, the *metaclass* of a class."""
    match value:
        case InstanceValue(of=of, declared=declared):
            return (ClassValue(of, declared),)
        case ClassValue(of=of):
            return (MetaclassValue(of),)
        case UnknownValue() | StoredValue():
            return (TypeOfValue(),)
    return ()


def _name_of(value: Value) -> Values:
    """`X.__name__`."""
    match value:
        case ClassValue() | MetaclassValue() | TypeOfValue() | FunctionValue():
            return (NameOfValue(value),)
    return ()


def _text(value: Value) -> Values:
    """A text made from a value: a name and an identity stay what they are, all else is just text."""
    match value:
        case NameOfValue() | IdentityValue():
            return (value,)
        case NoneValue():
            return ()
    return (TextValue(None),)


def _text_beside(value: Value) -> Values:
    """A part of a text in which something else tells one object from another: `f"{x.name}_{type(x).__name__}"`."""
    return (TextValue(None),) if isinstance(value, NameOfValue) else _text(value)


def _recased(value: Value, how: str) -> Values:
    """`.lower()`, `.strip()` …: methods of a text that leave it a text."""
    match value:
        case TextValue(text=str() as text) if how in ("lower", "upper", "strip", "title", "capitalize"):
            return (TextValue(getattr(text, how)()),)
        case TextValue():
            return (TextValue(None),)
        case NameOfValue() | IdentityValue():
            return (value,)
    return ()


def _concatenated(value: Value) -> Values:
    match value:
        case ItemOf(value=inner):
            return (MemberOf(inner),)
        case TextValue():
            return (TextValue(None),)
        case NumberValue() | NoneValue():
            return ()
    return (value,)


def _truthy(value: Value) -> Values:
    return () if isinstance(value, NoneValue) else (value,)


def _filtered_class(value: Value) -> Values:
    """Only classes."""
    return (value,) if isinstance(value, ClassValue) else ()


def _path(value: Value, *steps: str | int) -> Values:
    """The steps of an unpacking, one after the other (name and number in turn)."""
    values: Values = (value,)
    for step, number in zip(steps[::2], steps[1::2], strict=True):
        operation = step_operation((str(step), number))
        values = tuple(out for inner in values for out in apply(operation, inner))
    return values


def _part_of_object(value: Value, _which: int | str) -> Values:
    """`case Loaded(tools)`: of an object of the project its field is asked for."""
    return (value,) if isinstance(value, StoredValue | UnknownValue) else ()


_OPERATIONS: dict[str | int, Callable[..., Values]] = {
    "same": _same,
    "member": _wrapped(MemberOf),
    "entry-of": _wrapped(EntryOf),
    "key-of": _wrapped(KeyOf),
    "as-item": _as_item,
    "element": _element,
    "item": _item,
    "rest": _rest,
    "entry": _entry,
    "collection": _collection,
    "enumerated": _enumerated,
    "grouped": _grouped,
    "zipped": _zipped,
    "paired": _paired,
    "mapping-items": _mapping_items,
    "mapping-values": _mapping_values,
    "mapping-keys": _mapping_keys,
    "from-pairs": _from_pairs,
    "class-of": _class_of,
    "name-of": _name_of,
    "text": _text,
    "text-beside": _text_beside,
    "recased": _recased,
    "concatenated": _concatenated,
    "truthy": _truthy,
    "classes": _filtered_class,
    "path": _path,
    "attribute": _part_of_object,
    "field": _part_of_object,
    "enter": _same,  # a context manager hands out itself, unless its `__enter__` is known
    "augment": _concatenated,
}

SAME: Operation = ("same",)
_WITH_PART = frozenset({"item", "rest", "attribute", "field"})


def step_operation(step: Step) -> Operation:
    """The operation for one step of a path."""
    return step if step[0] in _WITH_PART else step[:1]


def path_operation(path: Path) -> Operation:
    """The operation for the path of a binding."""
    return ("path", *(part for step in path for part in step)) if path else SAME

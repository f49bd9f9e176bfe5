"""What an expression can be: the abstract values that flow through a program.

A class and its instance are two different values and never mixed. A *declared* value is known by an
annotation only: it says what a receiver is, it is no evidence that such an object really arrives. Collections
are flattened into the values that they hold: a list of classes is one `Member` for each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class ClassRef(NamedTuple):
    """A class of the project: the file, and its index there."""

    path: str
    id: int


class FunctionRef(NamedTuple):
    """A function of the project: the file, and its index there."""

    path: str
    id: int


# A class of the project, or the dotted name of a third-party one.
AnyClass: TypeAlias = ClassRef | str


class _Value(msgspec.Struct, frozen=True, gc=False):
    """Base of all values."""


class ClassValue(_Value, frozen=True):
    """A class object."""

    of: AnyClass
    declared: bool = False


class InstanceValue(_Value, frozen=True):
    """An instance of a class."""

    of: AnyClass
    declared: bool = False


class FunctionValue(_Value, frozen=True):
    """A function; `bound` where its first parameter is filled by an object; `given` arguments by `partial`."""

    of: FunctionRef
    bound: bool = False
    given: int = 0


class ModuleValue(_Value, frozen=True):
    """A module of the project."""

    path: str


class PackageValue(_Value, frozen=True):
    """A dotted name that stands for no file: a namespace package on the way to a module."""

    dotted: str


class ExternalValue(_Value, frozen=True):
    """Something third-party, by its dotted name: a module, a class or a function."""

    dotted: str


class TextValue(_Value, frozen=True):
    """A text; `text` is None where only its being a text is known."""

    text: str | None


class NumberValue(_Value, frozen=True):
    """A number or a truth value."""


class NoneValue(_Value, frozen=True):
    """None."""


class MetaclassValue(_Value, frozen=True):
    """The metaclass of a class."""

    of: AnyClass


class TypeOfValue(_Value, frozen=True):
    """The type of something unknown."""


class NameOfValue(_Value, frozen=True):
    """The name of a class, or a text made from it (lower-cased, in an f-string …)."""

    of: ClassValue | MetaclassValue | TypeOfValue | FunctionValue


class IdentityValue(_Value, frozen=True):
    """What tells objects apart and names none: `id(x)`, `hash(x)`, `repr(x)`, a timestamp, a counter."""

    how: str


class MemberOf(_Value, frozen=True):
    """A list, set, tuple or generator that holds `value`."""

    value: Value


class ItemOf(_Value, frozen=True):
    """A tuple whose item number `index` is `value`, or a mapping that holds it under the literal key `index`."""

    index: int | str
    value: Value


class EntryOf(_Value, frozen=True):
    """A mapping that holds `value` under keys that are not told apart."""

    value: Value


class KeyOf(_Value, frozen=True):
    """A mapping that has `value` among its keys."""

    value: Value


class DisplayValue(_Value, frozen=True):
    """A dict that is made at a known place; its entries are looked up there by key."""

    path: str
    expr: int


class SuperValue(_Value, frozen=True):
    """`super()` inside a class."""

    of: ClassRef


class StoredValue(_Value, frozen=True):
    """Something taken out of a registry: what exactly is not told apart."""

    registry: ClassRef


class UnknownValue(_Value, frozen=True):
    """Not known, and why."""

    reason: str


Value: TypeAlias = (
    ClassValue
    | InstanceValue
    | FunctionValue
    | ModuleValue
    | PackageValue
    | ExternalValue
    | TextValue
    | NumberValue
    | NoneValue
    | MetaclassValue
    | TypeOfValue
    | NameOfValue
    | IdentityValue
    | MemberOf
    | ItemOf
    | EntryOf
    | KeyOf
    | DisplayValue
    | SuperValue
    | StoredValue
    | UnknownValue
)

CERTAIN = 0
LIKELY = 1
Level: TypeAlias = int  # CERTAIN or LIKELY: the worst step on the way
DEEPEST_NESTING = 3


def nesting(value: Value) -> int:
    """How many collections are wrapped around what a value holds."""
    depth = 0
    while isinstance(value, MemberOf | ItemOf | EntryOf | KeyOf):
        depth += 1
        value = value.value
    return depth


def in_order(values: Iterable[Value]) -> list[Value]:
    """Values in the order in which they are told, which is the same in every run."""
    return sorted(values, key=_order)


def _order(value: Value) -> tuple[str, ...]:
    of = getattr(value, "of", "")
    where = (of.path, f"{of.id:06}") if isinstance(of, ClassRef) else (str(of), "")
    return (type(value).__name__, *where, repr(value))

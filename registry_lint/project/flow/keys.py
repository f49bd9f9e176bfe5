"""The places of a program that hold values: one node of the graph each.

Every place exists twice. Asked for *values*, everything that flows there is followed; asked for *types*
(`typed`), only what a receiver is: annotations are trusted and end the search, callers are hardly followed,
nothing goes by a name alone. With one kind of question the same answer costs a hundred times the nodes.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from registry_lint.project.domain import ClassRef


class _Key(msgspec.Struct, frozen=True, gc=False):
    """Base of all keys."""

    path: str


class ExprAt(_Key, frozen=True):
    """An expression."""

    expr: int
    typed: bool


class BindingAt(_Key, frozen=True):
    """A name as one binding leaves it."""

    binding: int
    typed: bool


class NameAt(_Key, frozen=True):
    """A name that is not local: every binding of the nearest scope that has it."""

    scope: int
    name: str
    typed: bool


class MemberAt(_Key, frozen=True):
    """A module's name, seen from outside."""

    name: str
    typed: bool


class ParameterAt(_Key, frozen=True):
    """A parameter of a function."""

    function: int
    index: int
    typed: bool


class ReturnAt(_Key, frozen=True):
    """What a call of a function yields."""

    function: int
    typed: bool


class AttributeAt(_Key, frozen=True):
    """An attribute of a class of the project, or of its instances (`class_` is its index in the file)."""

    class_: int
    name: str
    on_class: bool
    typed: bool

    @property
    def owner(self) -> ClassRef:
        """The class."""
        return ClassRef(self.path, self.class_)


class FieldAt(_Key, frozen=True):
    """An attribute of objects of unknown type, by its name alone (`path` is empty)."""

    name: str


class StateAt(_Key, frozen=True):
    """What an application keeps in its state under a name, asked for types: `request.app.state.registry`. `path` is
    that of a file which reads it: of several applications, it means its own."""

    name: str


class EntryAt(_Key, frozen=True):
    """The entry of a dict display under one literal key."""

    display: int
    key: str | int
    typed: bool


class EntriesAt(_Key, frozen=True):
    """All entries of a dict display."""

    display: int
    typed: bool


class PutInAt(_Key, frozen=True):
    """What calls put into the container that one binding holds, where they are handed it."""

    binding: int


Key: TypeAlias = (
    ExprAt
    | BindingAt
    | NameAt
    | MemberAt
    | ParameterAt
    | ReturnAt
    | AttributeAt
    | FieldAt
    | StateAt
    | EntryAt
    | EntriesAt
    | PutInAt
)

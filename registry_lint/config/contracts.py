"""Contracts: what a project demands of its registries, tools, trackers and names.

Plain frozen records without validation (config/schema.py validates), so that a run can use and cache them
without importing pydantic. Every path is a dotted name as Python code would import it (`pkg.mod.Class`).
`origin` says where a contract was written, so that a path which resolves to nothing can be told with its
place; contracts that were inferred have none.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

Holding = Literal["tools", "agents", "classes", "anything"]
ForbiddenUse = Literal["construct", "subclass", "import", "register"]


class Origin(NamedTuple):
    """Where a contract stands in a configuration file; rows and columns count from 1."""

    path: str
    row: int
    column: int


class RegisteringMethod(msgspec.Struct, frozen=True):
    """A method that stores a value. `key` and `value` name its parameters; "" where they are to be inferred."""

    name: str
    key: str = ""
    value: str = ""


class RegistryContract(msgspec.Struct, frozen=True):
    """A registry class: who may build it, and what it may hold."""

    path: str  # the class
    methods: tuple[RegisteringMethod, ...] = ()  # empty: inferred
    factories: tuple[str, ...] = ()  # functions or methods that build it
    allowed_in: tuple[str, ...] = ()  # modules or packages that may build it as well
    scope: str = ""  # the constructor's parameter that ties it to one user, request or connection
    holds: Holding = "anything"
    replacement: str = ""  # code to write instead of a construction; may hold `{scope}`
    name_helper: str = ""  # a function that gives a stable name to whatever is registered
    origin: Origin | None = None


class ToolContract(msgspec.Struct, frozen=True):
    """What makes an object a tool, beside the table of well-known bases that ships with the linter."""

    bases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("execute", "run", "_run", "arun", "_arun", "__call__")  # one of them
    attributes: tuple[str, ...] = ("name",)  # all of them
    origin: Origin | None = None


class SchemaContract(msgspec.Struct, frozen=True):
    """Bases that mark a class as plain data, beside the shipped table (pydantic's BaseModel and kin)."""

    bases: tuple[str, ...] = ()
    origin: Origin | None = None


class TrackerContract(msgspec.Struct, frozen=True):
    """A class that is fetched through an accessor and not built."""

    path: str  # the class
    accessor: str = ""  # the function or classmethod that hands it out
    guard: str = ""  # the constructor's parameter, or the function, that refuses direct calls
    origin: Origin | None = None


class CanonicalContract(msgspec.Struct, frozen=True):
    """One name, one home: `path` is the only definition, `aliases` are other paths that may lead to it."""

    path: str
    aliases: tuple[str, ...] = ()
    origin: Origin | None = None


class SupersededContract(msgspec.Struct, frozen=True):
    """A function, method or class name that something newer replaces."""

    name: str
    replacement: str
    reason: str = ""
    origin: Origin | None = None


class ContextContract(msgspec.Struct, frozen=True):
    """How to see that a function serves one user, request or connection: types and names of its variables."""

    types: tuple[str, ...] = ()
    names: tuple[str, ...] = ("user_id", "connection_id", "user_context", "request", "websocket")
    origin: Origin | None = None


class ForbidContract(msgspec.Struct, frozen=True):
    """A use of a class or function that the project forbids, but in the modules of `except_in`."""

    path: str
    kind: ForbiddenUse = "construct"
    except_in: tuple[str, ...] = ()
    reason: str = ""
    replacement: str = ""
    origin: Origin | None = None


class Contracts(msgspec.Struct, frozen=True):
    """All that a configuration demands; what it leaves out is inferred from the code."""

    registries: tuple[RegistryContract, ...] = ()
    tools: ToolContract = ToolContract()
    schemas: SchemaContract = SchemaContract()
    trackers: tuple[TrackerContract, ...] = ()
    canonical: tuple[CanonicalContract, ...] = ()
    superseded: tuple[SupersededContract, ...] = ()
    contexts: ContextContract = ContextContract()
    entry_points: tuple[str, ...] = ()
    release_names: tuple[str, ...] = ()
    forbid: tuple[ForbidContract, ...] = ()

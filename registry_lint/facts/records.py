"""The facts of one file: small frozen records, linked by index, that a cache can hold.

Everything that a file says and that a rule may ask about stands in one of five tables of `FileFacts`:
expressions, bindings, scopes, blocks and statements; functions and classes have their own. A record names
another by its index in that table (`ExprId`, `BindingId`, …); -1 stands for "none".

Positions are (row, column, end row, end column); rows and columns count from 1, columns in characters, the
end is exclusive.
"""

from __future__ import annotations

import struct
from struct import iter_unpack, pack, unpack_from
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar
from typing import Literal as OneOf

import msgspec

from registry_lint.findings import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Sequence as Numbers

ExprId: TypeAlias = int
BindingId: TypeAlias = int
ScopeId: TypeAlias = int
BlockId: TypeAlias = int
FunctionId: TypeAlias = int
ClassId: TypeAlias = int
NONE = -1

Position = tuple[int, int, int, int]


_Record = TypeVar("_Record", covariant=True)


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of all records: an array when encoded, invisible to the garbage collector."""


# --- expressions ---------------------------------------------------------------------------------------------


class Name(Record, frozen=True, tag="n"):
    """A name that is read. `bindings` are those that reach it; None where the name is not local to its scope."""

    id: str
    bindings: tuple[BindingId, ...] | None
    guards: tuple[int, ...]  # indexes into FileFacts.guards: what is known of the value here


class Attribute(Record, frozen=True, tag="a"):
    """`base.name`, read."""

    base: ExprId
    name: str
    guards: tuple[int, ...]


class Subscript(Record, frozen=True, tag="s"):
    """`base[key]`, read; `literal` where the key is a text or a number; `sliced` for `base[a:b]`."""

    base: ExprId
    key: ExprId
    literal: str | int | bool | None
    sliced: bool
    guards: tuple[int, ...]


class Argument(Record, frozen=True):
    """One argument of a call. `name` is the keyword, "" by position, "*" or "**" for an unpacked one."""

    name: str
    value: ExprId


class Call(Record, frozen=True, tag="c"):
    """`func(arguments)`."""

    func: ExprId
    arguments: tuple[Argument, ...]


class Sequence(Record, frozen=True, tag="l"):
    """A list, set or tuple display."""

    kind: OneOf["list", "set", "tuple"]
    items: tuple[ExprId, ...]


class Starred(Record, frozen=True, tag="*"):
    """`*value` inside a display."""

    value: ExprId


class Mapping(Record, frozen=True, tag="d"):
    """A dict display; the key is NONE for `**value`."""

    items: tuple[tuple[ExprId, ExprId], ...]


class Comprehension(Record, frozen=True, tag="f"):
    """A comprehension or generator; its targets are bindings of their own."""

    kind: OneOf["list", "set", "generator", "dict"]
    key: ExprId  # NONE but for a dict
    value: ExprId


class Choice(Record, frozen=True, tag="o"):
    """One of several: `a or b`, `a and b`, `a if test else b` (the test is not among the options)."""

    kind: OneOf["or", "and", "if"]
    options: tuple[ExprId, ...]


class Joined(Record, frozen=True, tag="j"):
    """Text put together: an f-string, `"…" % x`. `parts` are the expressions in it, literal text included."""

    parts: tuple[ExprId, ...]


class Binary(Record, frozen=True, tag="b"):
    """`left operator right`; the operator by its sign."""

    operator: str
    left: ExprId
    right: ExprId


class Literal(Record, frozen=True, tag="k"):
    """A literal. `value` for a text, a whole number and a truth value; None for the other kinds."""

    kind: OneOf["str", "int", "bool", "none", "other"]
    value: str | int | bool | None


class Lambda(Record, frozen=True, tag="m"):
    """A lambda; its body is a function like any other."""

    function: FunctionId


class Opaque(Record, frozen=True, tag="u"):
    """Anything else (a comparison, a negation, a yield); `parts` are the expressions in it."""

    kind: str
    parts: tuple[ExprId, ...]


Expr: TypeAlias = (
    Name
    | Attribute
    | Subscript
    | Call
    | Sequence
    | Starred
    | Mapping
    | Comprehension
    | Choice
    | Joined
    | Binary
    | Literal
    | Lambda
    | Opaque
)


class Guard(Record, frozen=True):
    """A test that holds where a name is read.

    `kind`: isinstance, issubclass, isclass, callable, hasattr, none, truthy, call (a function of the project
    whose body is such a test), checked (one that raises where such a test fails). `argument` is what it is
    tested against: the class of an isinstance, the function of a call; `text` the attribute of a hasattr.
    """

    kind: str
    holds: bool
    argument: ExprId
    text: str


# --- bindings ------------------------------------------------------------------------------------------------

# What lies between an assigned expression and the name: ("element", 0) a member of it, ("item", i) its i-th
# item, ("rest", i) a starred target, ("enter", 0) what `with` hands out, ("augment", 0) `+=`; in a pattern ("item",
# "key") too, ("attribute", name), ("field", i) the field at that place of its class, ("fits", i) a guard that holds.
Step = tuple[str, int | str]
Path = tuple[Step, ...]


class ValueBinding(Record, frozen=True, tag="v"):
    """A name bound to (a part of) an expression; `expr` is NONE where it is only declared: `x: T`."""

    name: str
    scope: ScopeId
    position: Position
    expr: ExprId
    path: Path
    annotation: ExprId


class ParameterBinding(Record, frozen=True, tag="p"):
    """A name bound by a parameter."""

    name: str
    scope: ScopeId
    position: Position
    function: FunctionId
    index: int  # into Function.parameters


class ImportBinding(Record, frozen=True, tag="i"):
    """A name bound by an import.

    `from module import member as name`; `import module as name` has no member; `import a.b` binds `a`:
    the module is then `a`, no member, and `submodule` tells what was loaded.
    `module` keeps its leading dots.
    """

    name: str
    scope: ScopeId
    position: Position
    module: str
    member: str
    submodule: str
    block: BlockId


class FunctionBinding(Record, frozen=True, tag="f"):
    """A name bound by `def`."""

    name: str
    scope: ScopeId
    position: Position
    function: FunctionId


class ClassBinding(Record, frozen=True, tag="c"):
    """A name bound by `class`."""

    name: str
    scope: ScopeId
    position: Position
    class_: ClassId


class MergedBinding(Record, frozen=True, tag="m"):
    """A name at the head of a loop: what came in, and what an earlier turn left."""

    name: str
    scope: ScopeId
    position: Position
    options: tuple[BindingId, ...]


class NarrowedBinding(Record, frozen=True, tag="g"):
    """A name behind a join, as it came out of one arm: what was known there holds for these bindings alone."""

    name: str
    scope: ScopeId
    position: Position
    options: tuple[BindingId, ...]
    guards: tuple[int, ...]


class OpaqueBinding(Record, frozen=True, tag="o"):
    """A name bound to something that is not followed: an exception, a match capture, a deletion."""

    name: str
    scope: ScopeId
    position: Position
    reason: str


Binding: TypeAlias = (
    ValueBinding
    | ParameterBinding
    | ImportBinding
    | FunctionBinding
    | ClassBinding
    | MergedBinding
    | NarrowedBinding
    | OpaqueBinding
)


# --- structure -----------------------------------------------------------------------------------------------


class Scope(Record, frozen=True):
    """A namespace. `names` holds every binding of it, in order of appearance."""

    kind: OneOf["module", "class", "function", "comprehension"]
    parent: ScopeId
    owner: int  # FunctionId or ClassId; NONE for the module and for comprehensions
    names: dict[str, tuple[BindingId, ...]]
    global_names: tuple[str, ...]


class Block(Record, frozen=True):
    """A suite. Two blocks of one `compound` and different kinds exclude each other (if/else, two handlers)."""

    kind: str  # module, function, class, if, else, for, while, loop-else, try, except, try-else, finally, with, case
    parent: BlockId
    scope: ScopeId
    compound: int  # number of the compound statement that it belongs to
    headers: tuple[ExprId, ...]  # the test, the iterable, the context managers, the exception's type
    position: Position
    is_async: bool


class Statement(Record, frozen=True):
    """A simple statement, or the head of a compound one (`kind` is then if, for, while, with, try, match)."""

    kind: str  # expr, assign, return, raise, pass, assert, delete, import, global, break, continue, def, class, …
    block: BlockId
    expr: ExprId
    position: Position


class Parameter(Record, frozen=True):
    """One parameter. `kind`: positional (only by position), plain, args, keyword (only by keyword), kwargs."""

    name: str
    kind: OneOf["positional", "plain", "args", "keyword", "kwargs"]
    annotation: ExprId
    default: ExprId


class Function(Record, frozen=True):
    """A function, method or lambda."""

    name: str  # "<lambda>" for a lambda
    qualname: str
    scope: ScopeId
    block: BlockId  # its body
    class_: ClassId  # the class whose body holds it directly
    parameters: tuple[Parameter, ...]
    returns: tuple[ExprId, ...]
    yields: tuple[ExprId, ...]
    delegates: tuple[ExprId, ...]  # what `yield from` hands on
    return_annotation: ExprId
    decorators: tuple[ExprId, ...]
    is_async: bool
    position: Position  # of the name
    extent: Position  # from `def` (or the first decorator) to the end of the body
    binding: BindingId


class Class(Record, frozen=True):
    """A class."""

    name: str
    qualname: str
    scope: ScopeId
    block: BlockId
    bases: tuple[ExprId, ...]
    keywords: tuple[Argument, ...]
    decorators: tuple[ExprId, ...]
    methods: dict[str, tuple[FunctionId, ...]]
    position: Position  # of the name
    extent: Position
    binding: BindingId


class AttributeStore(Record, frozen=True):
    """`base.name = expr` (or `setattr(base, "name", expr)`); `expr` NONE where it is only declared."""

    base: ExprId
    name: str
    expr: ExprId
    path: Path
    annotation: ExprId
    block: BlockId
    position: Position


class SubscriptStore(Record, frozen=True):
    """`base[key] = expr`."""

    base: ExprId
    key: ExprId
    literal: str | int | bool | None
    expr: ExprId
    path: Path
    block: BlockId
    position: Position


class StarImport(Record, frozen=True):
    """`from module import *`."""

    module: str
    scope: ScopeId
    position: Position


class Table(Protocol[_Record]):
    """Records by index: a tuple, or what is decoded piece by piece (see facts/piecemeal.py)."""

    def __getitem__(self, index: int, /) -> _Record: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[_Record]: ...


class FileFacts:
    """All that is known of one file. A pure function of its bytes: no path stands in it.

    What is kept of every expression beside its record is packed: as tuples of numbers, places and blocks took a
    quarter of a run's memory. A table that is encoded yet (see facts/encoded.py) is decoded when it is first asked for:
    most files are asked for a few of them.
    """

    __slots__ = (
        "attribute_stores",
        "bindings",
        "blocks",
        "calls",
        "classes",
        "exports",
        "expressions",
        "functions",
        "guards",
        "missing",
        "packed_blocks",
        "packed_places",
        "scopes",
        "star_imports",
        "statements",
        "subscript_stores",
    )

    expressions: Table[Expr]
    packed_places: bytes  # row, column from 0, end row, end column from 0 of each expression; see `packed`
    packed_blocks: bytes  # the block of each expression; see `packed`
    bindings: Table[Binding]
    scopes: Table[Scope]  # 0 is the module
    blocks: Table[Block]  # 0 is the module's
    statements: tuple[Statement, ...]
    functions: Table[Function]
    classes: tuple[Class, ...]
    guards: tuple[Guard, ...]
    attribute_stores: tuple[AttributeStore, ...]
    subscript_stores: tuple[SubscriptStore, ...]
    star_imports: tuple[StarImport, ...]
    calls: dict[str, tuple[ExprId, ...]]  # by the last name of what is called
    exports: tuple[str, ...] | None  # __all__, where it is a literal

    def __init__(self, missing: Callable[[str], object] | None = None, **tables: object) -> None:
        """Takes tables by their names; `missing` gives those that are not among them, or raises DamagedError."""
        self.missing = missing
        for name, table in tables.items():
            setattr(self, name, table)

    def __getattr__(self, name: str) -> Any:
        """A table that nobody has asked for."""
        if name not in TABLES or self.missing is None:
            raise AttributeError(name)
        table = self.missing(name)
        setattr(self, name, table)
        return table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileFacts) and all(getattr(self, name) == getattr(other, name) for name in TABLES)

    __hash__ = None  # type: ignore[assignment]

    def position(self, expr: ExprId) -> Position:
        """Where an expression stands."""
        row, column, end_row, end_column = unpack_from(self._place_format, self.packed_places, self._place_size * expr)
        return row, column + 1, end_row, end_column + 1

    def row(self, expr: ExprId) -> int:
        """The row that an expression begins in."""
        return int(unpack_from(self._place_format, self.packed_places, self._place_size * expr)[0])

    def span(self, path: str, expr: ExprId) -> Span:
        """Where an expression stands, in a file."""
        return Span(path, *self.position(expr))

    def by_position(self) -> dict[Position, ExprId]:
        """The expressions by where they stand; of several in one place the outermost."""
        return {
            (row, column + 1, end_row, end_column + 1): expr
            for expr, (row, column, end_row, end_column) in enumerate(
                iter_unpack(self._place_format, self.packed_places)
            )
        }

    def last_name(self, expr: ExprId) -> str:
        """The last name by which an expression names something: `b` of `a.b` and of `b`; "" of anything else."""
        record = self.expressions[expr]
        if isinstance(record, Attribute):
            return record.name
        return record.id if isinstance(record, Name) else ""

    def dotted(self, expr: ExprId) -> str | None:
        """`a.b.c` as text, where an expression is written so; a subscript counts as what it subscribes."""
        match self.expressions[expr]:
            case Name(id=name):
                return name
            case Attribute(base=base, name=name):
                below = self.dotted(base)
                return None if below is None else f"{below}.{name}"
            case Subscript(base=base, sliced=False):
                return self.dotted(base)
        return None

    def bindings_around(self, expr: ExprId, name: str) -> tuple[BindingId, ...]:
        """The bindings of a name in the nearest function that has some, from where an expression stands outwards: what
        an inner function reads from the one around it. None of the module's."""
        scope = self.blocks[self.expression_blocks[expr]].scope
        while scope > 0:
            record = self.scopes[scope]
            if record.kind != "class" and name in record.names:
                return record.names[name]
            scope = record.parent
        return ()

    @property
    def expression_blocks(self) -> memoryview[BlockId]:
        """The blocks that the expressions stand in, one an expression."""
        return unpacked(self.packed_blocks, len(self.expressions))

    @property
    def _place_size(self) -> int:
        return len(self.packed_places) // (len(self.expressions) or 1)

    @property
    def _place_format(self) -> str:
        return "=4H" if self._place_size == _SHORT_PLACE else "=4I"


TABLES = tuple(FileFacts.__annotations__)

_SHORT_PLACE = 8  # bytes of a place where no row and no column needs more than two


def packed(numbers: Numbers[int]) -> bytes:
    """Numbers from 0, in two bytes each or, where one of them needs it, in four; in this machine's byte order."""
    try:
        return pack(f"={len(numbers)}H", *numbers)
    except struct.error:
        return pack(f"={len(numbers)}I", *numbers)


def unpacked(numbers: bytes, count: int) -> memoryview[int]:
    """So many numbers that were packed."""
    return memoryview(numbers).cast("H" if len(numbers) == 2 * count else "I")


class Unparsable(NamedTuple):
    """Why a file gave no facts; row and column from 1 (0 where the parser named none)."""

    message: str
    row: int
    column: int

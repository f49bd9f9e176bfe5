"""What tables are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from registry_lint.audit.records import Place


class Cell(NamedTuple):
    """What stands in a table; `place` makes it a link where links are made."""

    text: str
    place: Place | None = None
    number: bool = False


class Table(NamedTuple):
    """A table with what it says in one sentence. `spare`: the columns that give way where there is little room,
    the first of them first; `below`: the column that stands below its row where there is too little room beside it."""

    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    spare: tuple[int, ...] = ()
    below: int | None = None


def where(place: Place) -> Cell:
    """A place as editors and terminals know it."""
    return Cell(f"{place.path}:{place.row}", place)


def number(value: int) -> Cell:
    """A number, which stands at the right."""
    return Cell(f"{value:,}", number=True)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 caller`, `2 callers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

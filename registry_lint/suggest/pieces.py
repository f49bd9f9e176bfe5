"""Sequences between brackets: elements, arguments, parameters, imported names, each with its comma.

How a person removes and adds one: a line that holds nothing else goes with its comment; a one-element tuple keeps its
comma; a new line is indented as its neighbour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.suggest.document import Change, Document, Extent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Piece(NamedTuple):
    """One element of a sequence: where it stands, and its comma."""

    extent: Extent
    comma: Extent | None

    @property
    def end(self) -> int:
        """Where the piece ends, its comma included."""
        return self.comma.end if self.comma else self.extent.end


def removal(
    document: Document,
    pieces: Sequence[Piece],
    gone: Collection[int],
    *,
    bracketed: bool = True,
    needs_comma: bool = False,
) -> tuple[Change, ...]:
    """Remove the pieces whose indices are `gone`, but not all; `needs_comma` as in a tuple of one.

    Where the sequence is not `bracketed`, a line end in it is a backslash's, and no line is removed whole.
    """
    text = document.text
    kept = [index for index in range(len(pieces)) if index not in gone]
    assert kept, "an emptied sequence is its container's business"
    changes: list[Change] = []
    alone = needs_comma and len(kept) == 1
    if alone and pieces[kept[0]].comma is None:
        changes.append(Change(pieces[kept[0]].extent.end, pieces[kept[0]].extent.end, ","))
    for index in sorted(gone):
        piece = pieces[index]
        if bracketed and (lines := own_lines(document, piece)):
            changes.append(Change(*lines, ""))
        elif index < kept[-1]:
            following = pieces[index + 1].extent.start
            between = text[piece.end : following]
            if "\n" not in between and "\r" not in between:
                changes.append(Change(piece.extent.start, following, ""))
            else:
                # the next one stands on a line of its own and stays there
                before = pieces[index - 1].end if index else piece.extent.start
                blank = not text[before : piece.extent.start].strip()
                changes.append(Change(before if blank else piece.extent.start, piece.end, ""))
        else:
            survivor = pieces[kept[-1]]
            keep_comma = survivor.comma is not None and (piece.comma is not None or alone)
            start = survivor.comma.end if keep_comma and survivor.comma else survivor.extent.end
            between = text[start : piece.extent.start]
            if "#" in between:  # a comment of the survivor's: it stays, and so does the comma before it
                start = piece.extent.start
            changes.append(Change(start, piece.end, ""))
    return tuple(changes)


def own_lines(document: Document, piece: Piece) -> Extent | None:
    """The whole lines of a piece that shares them with nothing but its comma and comment."""
    first, last = document.row_of(piece.extent.start), document.row_of(piece.end)
    before = document.text[document.row_start(first) : piece.extent.start]
    after = document.text[piece.end : document.row_end(last)].strip()
    if before.strip() or (after and not after.startswith("#")) or last == document.rows:
        return None
    return Extent(document.row_start(first), document.row_start(last + 1))


def addition_after(
    document: Document, piece: Piece, codes: Sequence[str], *, last: bool, bracketed: bool = True
) -> tuple[Change, ...]:
    """Put new pieces behind another; `last` says that nothing follows it in the sequence."""
    row = document.row_of(piece.end)
    first = document.row_of(piece.extent.start)
    starts_line = bracketed and not document.text[document.row_start(first) : piece.extent.start].strip()
    rest = document.text[piece.end : document.row_end(row)].strip()
    end = piece.end
    if not starts_line or (rest and not rest.startswith("#") and not last):
        code = ", ".join(codes)
        return (Change(end, end, f" {code}," if piece.comma else f", {code}"),)
    new_line = document.line_end_at(row) + document.indentation(first)
    code = f",{new_line}".join(codes)
    at = document.row_end(row) if rest.startswith("#") else end
    if piece.comma:
        return (Change(at, at, f"{new_line}{code},"),)
    if at == end:
        return (Change(end, end, f",{new_line}{code}"),)
    return Change(end, end, ","), Change(at, at, f"{new_line}{code}")


def addition_before(
    document: Document, piece: Piece, codes: Sequence[str], *, bracketed: bool = True
) -> tuple[Change, ...]:
    """Put new pieces before another."""
    start = piece.extent.start
    if not bracketed or own_lines(document, piece) is None:
        return (Change(start, start, "".join(f"{code}, " for code in codes)),)
    row = document.row_of(start)
    new_line = document.line_end_at(row) + document.indentation(row)
    return (Change(start, start, "".join(f"{code},{new_line}" for code in codes)),)

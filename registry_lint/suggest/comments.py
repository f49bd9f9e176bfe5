"""Our part of a suppression comment, and how to take it away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.suggest.document import Change, Document, Extent
from registry_lint.suggest.statements import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

_OURS = re.compile(
    r"(?:#\s*)?(?:registry-lint:\s*(?:file-)?(?:ignore|disable|enable)\[(?P<codes>[^\]\r\n]*)\]|"
    r"noqa:[ \t]*(?P<plain>[A-Za-z]+[0-9]+(?:[ \t]*[,\s][ \t]*[A-Za-z]+[0-9]+)*))",
    re.IGNORECASE,
)


def without_codes(document: Document, comment: Extent, codes: Sequence[str]) -> tuple[Change, ...]:
    """Remove codes from a comment, given from its `#` to the end of the line (or to the end of our part).

    With no code left our directive goes, its reason included, and the whole comment where it holds nothing else; a
    line that held only that goes too. Raises RefusedError where the comment holds none of the codes.
    """
    end = document.row_end(document.row_of(comment.start))
    text = document.text[comment.start : end]
    unwanted = {code.casefold() for code in codes}
    for found in _OURS.finditer(text):
        group = "codes" if found["codes"] is not None else "plain"
        listed = [code.strip() for code in re.split(r"[,\s]+", found[group]) if code.strip()]
        kept = [code for code in listed if code.casefold() not in unwanted]
        if len(kept) == len(listed):
            continue
        if kept:
            separator = ", " if ", " in found[group] or "," not in found[group] else ","
            start = comment.start + found.start(group)
            return (Change(start, comment.start + found.end(group), separator.join(kept)),)
        return (_without_directive(document, comment.start, text, found),)
    raise RefusedError("the comment holds none of these codes")


def _without_directive(document: Document, start: int, text: str, found: re.Match[str]) -> Change:
    row = document.row_of(start)
    first, last = found.start(), found.end()
    reason = re.match(r"[ \t]*--[^#]*", text[last:])
    if reason and found["codes"] is not None:
        last += reason.end()
    before, after = text[:first].rstrip(), text[last:].lstrip()
    if before.rstrip("#").strip():  # another tool's part, or a person's words, stand before ours
        if after:
            return Change(start + first, start + len(text) - len(after), "")
        return Change(start + len(before), start + len(text), "")
    if after:
        if not after.startswith("#"):
            after_start = start + len(text) - len(after)
            return Change(start, after_start, "# ")
        return Change(start, start + len(text) - len(after), "")
    line = document.line(row)
    code = line[: start - document.row_start(row)]
    if code.strip():
        return Change(document.row_start(row) + len(code.rstrip()), document.row_end(row), "")
    return Change(document.row_start(row), document.row_start(row + 1), "")

"""What files look like, as bytes, that keep an object in a place that is process-wide (see process_wide.py)."""

from __future__ import annotations

import re

# Patterns begin with a line's end, so that `re` goes from line to line with memchr: with `^` they took 2.5 s.
# A global (or a variable of a decorator) that is declared, a store on a class.
_STORING = re.compile(
    rb"\n[ \t]+(?:global |nonlocal |(?:cls|[A-Z]\w*|type\(self\)|\w+\.__class__)\.\w+(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t])"
)
# A table of a module, class or decorator, and the end of a store of an entry that is no literal: what stands before it
# on the line names the table (`made = _tables[key] = Table()`); a key may end on a line of its own.
_TABLE = re.compile(
    rb"\n {0,4}(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:\{|\[None\]|dict\(|[\w.]*(?:defaultdict|\w+Dict\w*)\()"
)
_ENTRY = re.compile(rb"\][ \t]*(?::[^=\n]{0,300})?=(?!=)[ \t\\]*(?!(?:None|True|False)\b|[rbfu]*[\"']|[\[{\d-])[^ \t]")
_SUBSCRIPTED = re.compile(rb"(\w+)\[")
_LONGEST_TARGET = 300  # bytes of a line before the `]`
_ENTRY_OF_LONG_KEY = re.compile(rb"\n[ \t]*\][ \t]*=[ \t\\]")
_NAMED_AT_LEAST = 3  # times: where the table is made, where it is tested, and where the entry is stored


def may_keep(data: bytes) -> bool:
    """Whether the bytes of a file look as if it kept an object in such a place."""
    data = b"\n" + data
    if b"globals()" in data or _STORING.search(data):
        return True
    tables = set(_TABLE.findall(data))
    if not tables:
        return False
    if _ENTRY_OF_LONG_KEY.search(data):
        return True
    stored: set[bytes] = set()
    for entry in _ENTRY.finditer(data):
        earliest = max(0, entry.start() - _LONGEST_TARGET)
        line = max(data.rfind(b"\n", earliest, entry.start()), earliest)
        stored.update(_SUBSCRIPTED.findall(data, line, entry.start()))
    return any(data.count(name) >= _NAMED_AT_LEAST for name in tables & stored)

"""The hash by which GitHub knows an alert again when lines move: `primaryLocationLineHash`.

GitHub's own algorithm (github/codeql-action, src/fingerprints.ts): for every line, the first 100 characters from
its start that are neither blank nor tab, reading on into the lines below (line ends count as one LF), then one
U+FFFF for the end of the file and NULs up to 100; a polynomial of factor 37 modulo 2**64 over their UTF-16 units,
in hexadecimal; `:n` for the n-th line of the file with this hash. An upload warns where a tool's value differs.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_BLOCK = 100
_FACTOR = 37
_MASK = 2**64 - 1
_END = 0xFFFF
_LINE_END = re.compile(r"\r\n?")


def line_hashes(data: bytes, rows: Collection[int]) -> dict[int, str]:
    """`hash:n` of the wanted rows (from 1) of a file; a row past its end has none.

    The rolling hash is not rolled: lines are told apart by their 100 characters, and only wanted ones hashed.
    """
    text = _LINE_END.sub("\n", data.decode("utf-8", "replace"))
    units = text.replace(" ", "").replace("\t", "").encode("utf-16-le", "surrogatepass") + b"\xff\xff"
    seen: Counter[bytes] = Counter()
    hashes: dict[int, str] = {}
    start, row, last = 0, 1, max(rows, default=0)
    while row <= last:
        window = units[start : start + 2 * _BLOCK]
        seen[window] += 1
        if row in rows:
            hashes[row] = f"{_polynomial(window):x}:{seen[window]}"
        end = _line_feed(units, start)
        if end < 0:
            break
        start, row = end + 2, row + 1
    return hashes


def _line_feed(units: bytes, start: int) -> int:
    """The next LF at a whole unit: U+0A00 beside another character looks like one to `find`."""
    end = units.find(b"\n\0", start)
    while end >= 0 and end % 2:
        end = units.find(b"\n\0", end + 1)
    return end


def _polynomial(window: bytes) -> int:
    value = 0
    for at in range(0, 2 * _BLOCK, 2):
        value = (value * _FACTOR + int.from_bytes(window[at : at + 2], "little")) & _MASK
    return value

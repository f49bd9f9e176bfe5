"""The difference between two contents, as `git apply` and `patch` read it: in bytes, so that nothing is lost."""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.suggest.plan import Changed

_CONTEXT = 3


def unified_diff(changed: Changed) -> bytes:
    """One file's unified diff; empty where nothing changes. Applied to the old bytes it gives the new ones."""
    if changed.old == changed.new:
        return b""
    header = b"--- " + _name("a/", changed.path) + b"\n+++ " + _name("b/", changed.path) + b"\n"
    return header + b"".join(_hunks(_lines(changed.old), _lines(changed.new)))


def _lines(content: bytes) -> list[bytes]:
    """The lines with their ends. Only LF ends a line, as for git and patch; a CR is a byte of the line."""
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    # Fixes are local: what is equal at both ends is not compared again (10,000 lines in 2 ms instead of 60).
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    skipped = max(0, head - _CONTEXT)
    kept = max(0, tail - _CONTEXT)
    matcher = difflib.SequenceMatcher(
        None, old[skipped : len(old) - kept], new[skipped : len(new) - kept], autojunk=False
    )
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        old_range = _range(first[1] + skipped, last[2] + skipped)
        new_range = _range(first[3] + skipped, last[4] + skipped)
        yield f"@@ -{old_range} +{new_range} @@\n".encode()
        for kind, old_start, old_end, new_start, new_end in group:
            if kind == "equal":
                yield from _marked(b" ", old[old_start + skipped : old_end + skipped])
                continue
            yield from _marked(b"-", old[old_start + skipped : old_end + skipped])
            yield from _marked(b"+", new[new_start + skipped : new_end + skipped])


def _marked(mark: bytes, lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line if line.endswith(b"\n") else mark + line + b"\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _name(prefix: str, path: str) -> bytes:
    """A file name as git writes it: quoted like a C string where it holds odd characters, with a tab behind blanks."""
    name = os.fsencode(prefix + path)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in name):
        return name + (b"\t" if b" " in name else b"")
    escapes = {0x07: "a", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0B: "v", 0x0C: "f", 0x0D: "r", 0x22: '"', 0x5C: "\\"}
    quoted = "".join(
        "\\" + escapes[byte] if byte in escapes else chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
        for byte in name
    )
    return f'"{quoted}"'.encode()

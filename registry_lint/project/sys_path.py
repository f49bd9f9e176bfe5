"""Folders that a file puts on `sys.path` relative to itself: `sys.path.insert(0, os.path.dirname(__file__))`.

A look (see questions.py): calls of `dirname`, `.parent`, `.parents[1]`, ".." and the folders that are joined are read
as text, through names that the file binds. What cannot be read so is passed over.
"""

from __future__ import annotations

import re

from registry_lint.project.questions import look

ADDING = re.compile(rb"sys\.path\.(?:insert|append)\s*\(")
_FIRST = re.compile(rb"\s{0,99}0\s{0,9},")  # of `insert`
_BOUND = re.compile(rb"^[ \t]{0,99}(\w{1,99})[ \t]*(?::[^=\n]{0,99})?=(?!=)[ \t]*([^\n]{1,400})", re.MULTILINE)
_NAME = re.compile(rb"(?<![\w.\"'])[A-Za-z_]\w*(?!\w*[\"'(=])")
_PARENT = re.compile(rb"\bdirname\s*\(|\.parent\b|\bpardir\b|\.parents\[(\d)\]")
_JOINED = re.compile(rb"[\"']([\w./-]{1,200})[\"']")
_LONGEST = 400  # bytes of an argument
_NAMES_READ = 4  # one in place of another
_BRACKETS = {ord("("): 1, ord("["): 1, ord(")"): -1, ord("]"): -1}


@look
def folders_added(data: bytes) -> tuple[str, ...]:
    """The folders, relative to the file's own: "" is that one, "../lib" one beside it; sorted."""
    found: set[str] = set()
    calls = [(call, _FIRST.match(data, call.end())) for call in ADDING.finditer(data)]
    bound = _bound_names(data) if calls else {}
    for call, first in calls:
        argument = _argument(data, first.end() if first is not None else call.end())
        for _ in range(_NAMES_READ):
            if b"__file__" in argument or len(argument) > _LONGEST:
                break
            argument = _NAME.sub(lambda name: b"(" + bound.get(name[0], name[0])[:_LONGEST] + b")", argument, count=8)
        folder = _relative(argument) if b"__file__" in argument else None
        if folder is not None:
            found.add(folder)
    return tuple(sorted(found))


def _bound_names(data: bytes) -> dict[bytes, bytes]:
    """What names are bound to, as it is written, where each is first."""
    return dict(reversed(_BOUND.findall(data)))


def _argument(data: bytes, start: int) -> bytes:
    """What stands from here to the bracket that ends the call."""
    depth = 0
    for at in range(start, min(start + _LONGEST, len(data))):
        depth += _BRACKETS.get(data[at], 0)
        if depth < 0:
            return data[start:at]
    return b""


def _relative(expression: bytes) -> str | None:
    """The folder that an expression with `__file__` in it names; None where it is the file itself."""
    up = sum(int(match[1] or 0) + 1 for match in _PARENT.finditer(expression))
    below: list[str] = []
    for joined in _JOINED.findall(expression):
        for part in joined.decode().split("/"):
            if part == "..":
                up, below = (up, below[:-1]) if below else (up + 1, [])
            elif part not in ("", "."):
                below.append(part)
    return "/".join([*[".."] * (up - 1), *below]) if up else None

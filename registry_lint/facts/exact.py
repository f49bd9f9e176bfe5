"""libcst's tree of a source, with the source that it is the tree of: every character is on its place in both.

libcst 1.9 forgets the blanks of `f"{a!r }"` and of `except A, B :`, so that every place behind is another, and it
stumbles over a chain of t-strings and over the prefix `tr`. What it would lose is written in a form of the same length
that it keeps.
"""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst

_CONVERSION = re.compile(r"(![rsa])(\s+)(?=[}:])")
_BLANK = re.compile(r"(?:[ \t\f]|\\\n)\Z")
_TEMPLATE = re.compile(r"[tT]|[rR][tT]|[tT][rR]")


class Exact(NamedTuple):
    """A tree and its source. `older`: this is of older grammar than what was given, not only of other blanks."""

    source: str
    module: cst.Module
    older: bool


def exact(source: str) -> Exact | None:
    """The tree of a source (line ends as LF); None where libcst cannot read it, or not without a loss."""
    import libcst as cst

    given = source
    try:
        try:
            module = cst.parse_module(source)
        except (cst.CSTLogicError, cst.ParserSyntaxError):
            source = _with_format_strings(source)
            if source == given:
                return None
            module = cst.parse_module(source)
        older = source != given
        if module.code != source:
            source = _CONVERSION.sub(r"\2\1", source)
            module = cst.parse_module(source)
        if module.code != source:
            source = _with_blanks_behind_colons(source, module.code)
            module = cst.parse_module(source)
    except (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError, RecursionError):
        return None
    return Exact(source, module, older) if module.code == source else None


def _with_blanks_behind_colons(source: str, without: str) -> str:
    """Colons in the place of the first of the blanks before them, wherever these are missing in the other text."""
    pieces: list[str] = []
    done = lost = 0
    for found in re.finditer(":", source):
        first = found.start()
        while blank := _BLANK.search(source, max(done, first - 2), first):
            first = blank.start()
        if first < found.start() and without[first - lost : first - lost + 1] == ":" and source[first] != "\\":
            pieces += (source[done:first], ":", source[first + 1 : found.start()], " ")
            lost += found.start() - first
            done = found.end()
    return "".join((*pieces, source[done:]))


def _with_format_strings(source: str) -> str:
    """`f` for the `t` of t-strings, as far as the tokeniser of this interpreter goes: a name before a text."""
    lines = source.split("\n")
    try:
        before = None
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING and before is not None and before.end == token.start:
                row, column = before.start
                if _TEMPLATE.fullmatch(before.string):
                    line = lines[row - 1]
                    prefix = before.string.replace("t", "f").replace("T", "F")
                    lines[row - 1] = line[:column] + prefix + line[column + len(prefix) :]
            before = token
    except (tokenize.TokenError, SyntaxError):
        pass
    return "\n".join(lines)

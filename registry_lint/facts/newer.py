"""Grammar that is newer than the running interpreter.

`ast` knows the grammar of its own interpreter only; libcst knows later ones. Where `ast` fails, libcst tells what
stands where, the newer forms are written over in place (`older`), and `ast` reads the rest: every name and expression
stays on its row and column, and the facts are made by the same walk. A file without newer forms is left as it is.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
import warnings
from typing import NamedTuple

from registry_lint.depth import frames
from registry_lint.facts.older import as_older
from registry_lint.facts.restored import restored

# libcst's parser calls itself on the C stack: 2,900 nested brackets or 20,000 operators end the process.
_DEEPEST = 100
_LONGEST = 2_000
_MOST_ARMS = 500
_LARGEST = 2_000_000
_TOKEN = re.compile(r"\w+|[^\w\s]")
_QUOTE = re.compile("['\"]")
_PLAIN = frozenset("bBrRuU")  # prefixes of strings that hold no code in any grammar
# A formatted string that ends where an older tokeniser says: its fields are closed, and hold plain strings only.
_CLOSED = re.compile(r"""[^{}]*+(?:(?:\{\{|\}\}|\{(?:[^{}'"#\\]|'[^{}'"#\\\n]*'|"[^{}'"#\\\n]*")*+\})[^{}]*+)*+""")
_STRINGS = (tokenize.STRING, tokenize.COMMENT, tokenize.ERRORTOKEN)
_FRAMES = 5_000

# A mistake behind newer grammar is looked for by writing that over, statement by statement: so many of them, each of
# so many rows.
_MOST_STATEMENTS = 60
_MOST_ROWS = 12
# What a row of newer grammar has in it: most rows with a mistake have none of it, and libcst need not be asked.
_PERHAPS_NEWER = re.compile(
    r"\b(?:type|lazy|except)\b|\b(?:def|class)\s+\w+\s*\[|[fFtT][rR]?[\"']|[rR][fFtT][\"']|[\[({]\s*\*"
)


class Parsed(NamedTuple):
    """A tree, and the source that it is of: the one that was given, or one of the same places in older grammar."""

    source: str
    tree: ast.Module


def parse(source: str, error: SyntaxError) -> Parsed:
    """The tree of a source that `ast.parse` has refused with an error. Raises the SyntaxError to tell.

    That is the given one, or, where it speaks of grammar that is only newer, the first one behind.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if not is_shallow(source):
        raise error
    with frames(_FRAMES), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in the analysed code
        older = as_older(source)
        if older is None:
            raise _true_mistake(source, error)
        try:
            return Parsed(older.places, restored(ast.parse(older.source), older.marks))
        except (SyntaxError, ValueError):
            raise error from None


def is_shallow(source: str) -> bool:
    """Whether libcst may be given a source: an upper bound of how deep any logical line of it is.

    What this interpreter's tokeniser takes for a string may be code in a later grammar, so it counts as well, from the
    first one on that may end elsewhere: those before it (a long text, a page of HTML) are what they seem.
    """
    if len(source) > _LARGEST or source.count("elif") > _MOST_ARMS:
        return False
    depth = length = row = 0
    sure, before = True, None
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            row = token.end[0]
            if token.type == tokenize.NEWLINE:
                depth = length = 0
                continue
            if token.type == tokenize.STRING and sure:
                if _is_plain(token, before):
                    length += 1
                    continue
                sure = _CLOSED.fullmatch(token.string) is not None
            before = token
            length += len(_TOKEN.findall(token.string))
            if token.type in _STRINGS:
                depth += sum(map(token.string.count, "([{"))
            elif token.string in ("(", "[", "{"):
                depth += 1
            elif token.string in (")", "]", "}"):
                depth -= 1
            if depth > _DEEPEST or length > _LONGEST:
                return False
    except (tokenize.TokenError, SyntaxError):
        rest = "\n".join(source.split("\n")[row:])
        return depth + sum(map(rest.count, "([{")) <= _DEEPEST and length + len(_TOKEN.findall(rest)) <= _LONGEST
    return True


def _is_plain(token: tokenize.TokenInfo, before: tokenize.TokenInfo | None) -> bool:
    """Whether a string has no prefix of a formatted one; `t` is a name of its own to older tokenisers."""
    prefix = _QUOTE.split(token.string, maxsplit=1)[0]
    if not prefix and before is not None and before.type == tokenize.NAME and before.end == token.start:
        prefix = before.string
    return _PLAIN.issuperset(prefix)


def _true_mistake(source: str, error: SyntaxError) -> SyntaxError:
    """The first error of a source that is no newer grammar."""
    lines = source.split("\n")
    for _ in range(_MOST_STATEMENTS):
        if not error.lineno or not _write_over(lines, error.lineno - 1):
            return error
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as next_one:
            if (next_one.lineno or 0) < error.lineno:
                return error
            error = next_one
        except ValueError:
            return error
        else:
            return error
    return error


def _write_over(lines: list[str], row: int) -> bool:
    """Write the statement that begins in a row in older grammar, if it is a whole one in newer grammar."""
    if row >= len(lines) or not _PERHAPS_NEWER.search(lines[row]):
        return False
    for end in range(row + 1, min(row + _MOST_ROWS, len(lines)) + 1):
        piece = textwrap.dedent("\n".join(lines[row:end]))
        indentation = lines[row].removesuffix(piece.split("\n")[0])
        if piece.startswith("except"):
            before, behind = "try: pass\n", "\n pass"
        else:
            before, behind = "", "\n pass" if piece.split("#")[0].rstrip().endswith(":") else ""
        older = as_older(f"{before}{piece}{behind}\n")
        if older is not None:
            written = older.source.removeprefix(before).removesuffix("\n").removesuffix(behind)
            lines[row:end] = [indentation + line for line in written.split("\n")]
            return True
    return False

"""What makes a finding the same finding after lines have moved, code was reformatted or a file was renamed.

An identity holds no line number: rule, path, enclosing symbol, a hash of the code without its layout, and an
ordinal among those that are alike in all of this.
"""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry_lint.findings import Finding, Span

_LAYOUT = frozenset(
    (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER)
)
_CLOSING = frozenset(")]}")
_LONGEST_SNIPPET = 50  # lines; the rest of a very long span adds nothing


class Identity(NamedTuple):
    """A finding without its place in the file. `snippet` is 16 hexadecimal digits."""

    code: str
    path: str
    symbol: str
    snippet: str
    ordinal: int

    @property
    def fingerprint(self) -> str:
        """All of it in 16 hexadecimal digits."""
        return _hash("\0".join(map(str, self)))

    @property
    def anywhere(self) -> tuple[str, str, str]:
        """What stays when the file is renamed."""
        return (self.code, self.symbol, self.snippet)


def identities(findings: Sequence[Finding], lines: Callable[[str], Sequence[str]]) -> list[Identity]:
    """The identity of each finding, in their order; ordinals count in that order, so give them sorted.

    `lines` gives a file's lines (empty where there is no such file).
    """
    seen: Counter[tuple[str, str, str, str]] = Counter()
    found = []
    for finding in findings:
        snippet = _hash(normalised(excerpt(lines(finding.span.path), finding.span)))
        alike = (finding.code, finding.span.path, finding.symbol, snippet)
        found.append(Identity(*alike, seen[alike]))
        seen[alike] += 1
    return found


def excerpt(lines: Sequence[str], span: Span) -> str:
    """The text of a span (of its first lines, where it is very long); "" where the file has not so many."""
    end = min(span.end_row, span.row + _LONGEST_SNIPPET)
    part = list(lines[max(span.row - 1, 0) : end])
    if part and end == span.end_row:
        part[-1] = part[-1][: span.end_column - 1]
    if part:
        part[0] = part[0][span.column - 1 :]
    return "\n".join(part)


def normalised(snippet: str) -> str:
    """Code without layout: spaces, line breaks, comments, magic commas, and the kind of quotes."""
    tokens: list[str] = []
    try:
        # In parentheses, since a stretch of code may begin with an indent or end in the middle of a statement.
        for token in tokenize.generate_tokens(io.StringIO(f"({snippet}\n)").readline):
            if token.type in _LAYOUT:
                continue
            text = token.string
            if token.type == tokenize.STRING and text[-1] == "'" and '"' not in text:
                text = text.replace("'", '"')
            if text in _CLOSING and tokens and tokens[-1] == ",":
                tokens.pop()
            tokens.append(text)
    except (tokenize.TokenError, SyntaxError):  # SyntaxError: IndentationError, and all errors from Python 3.12
        return re.sub(r"\s+", "", snippet)
    return " ".join(tokens)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

"""Comments that suppress findings, as they are written; what they take away is kept in a ledger (ledger.py).

    code()  # registry-lint: ignore[REG101] -- reason     the findings on this line
    # registry-lint: ignore[REG101] -- reason             alone: those in the next logical line
    # registry-lint: disable[REG101] -- reason            from here …
    # registry-lint: enable[REG101]                       … to here
    # registry-lint: file-ignore[REG101] -- reason        those in the whole file
    code()  # noqa: REG101                                the findings on this line

Codes and names count, prefixes do not, and there is no form that silences everything.
"""

from __future__ import annotations

import io
import itertools
import re
import tokenize
from typing import TYPE_CHECKING, Literal, NamedTuple

from registry_lint.findings import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Kind = Literal["ignore", "file-ignore", "disable", "enable", "noqa"]

# A part of a comment ends where another `# ` begins: `# registry-lint: ignore[REG101] -- see #12  # type: ignore`.
_OURS = re.compile(r"(?<!\S)#\s*registry-lint:(?P<rest>(?:(?!\s#\s).)*)")
_DIRECTIVE = re.compile(r"\s*(?P<kind>[a-z-]+)\[(?P<labels>[^\[\]]*)\]\s*(?:--\s*(?P<reason>.*?))?\s*")
_NOQA = re.compile(
    r"(?<!\S)#\s*(?:noqa|NOQA|NoQA)\s*:\s*(?P<labels>[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)(?:\s*--\s*(?P<reason>(?:(?!\s#\s).)*))?"
)
_LABEL = re.compile(r"[^\s,]+")
_KINDS = ("ignore", "file-ignore", "disable", "enable")
# Parts of one comment that are read; ten thousand on one line took a minute, each being shown with its line.
_MOST_PARTS = 20
_BETWEEN = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
_END = 1 << 30  # a row behind the last of any file

# One of these words is in every file that holds a suppression.
WORDS = ("lint", "noqa", "NOQA", "NoQA")


class Label(NamedTuple):
    """One code or name in a suppression, as it was written. Columns from 1, the end exclusive."""

    text: str
    column: int
    end_column: int


class Suppression(NamedTuple):
    """One suppressing comment (or our part of one)."""

    kind: Kind
    labels: tuple[Label, ...]  # in a noqa, those of other linters too
    reason: str
    row: int
    column: int
    end_column: int
    first: int  # the rows that it covers, both included
    last: int
    line: str  # the line that it stands on


class Malformed(NamedTuple):
    """A comment that means to be a suppression and is none."""

    row: int
    column: int
    end_column: int
    message: str


class Comments(NamedTuple):
    """What the comments of one file say."""

    suppressions: tuple[Suppression, ...] = ()
    malformed: tuple[Malformed, ...] = ()


def may_suppress(content: bytes, own: re.Pattern[bytes]) -> bool:
    """Whether a file can hold a suppression at all; tokenising is a hundred times slower than looking.

    `own` is the pattern of `noqa_of`: files with comments for other linters are many.
    """
    if b"registry-lint:" in content:
        return True
    return any(mark in content for mark in (b"noqa", b"NOQA", b"NoQA")) and own.search(content) is not None


def noqa_of(codes: Iterable[str]) -> re.Pattern[bytes]:
    """What a noqa looks like that may name one of these codes, or one that is written like ours and is none."""
    prefixes = sorted({"REG", *(code.rstrip("0123456789") for code in codes)})
    named = "|".join(map(re.escape, prefixes)).encode()
    return re.compile(rb"(?:noqa|NOQA|NoQA)[^\n]{0,2000}?(?:" + named + rb")\d")


def comments(text: str) -> Comments:
    """The suppressions in a file. Of a file that can't be tokenised, those before the place where it can't."""
    lines = text.split("\n")
    suppressions: list[Suppression] = []
    malformed: list[Malformed] = []
    waiting: list[int] = []  # indexes of suppressions on lines of their own, which cover what comes next
    statement = 0  # the first row of the logical line being read; 0 between two
    decorated = 0  # the first row of the decorators above it
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                alone = not token.line[: token.start[1]].strip() and not statement
                for part in _parts(token, lines, len(lines)):
                    if isinstance(part, Malformed):
                        malformed.append(part)
                        continue
                    if part.kind == "ignore" and alone:
                        waiting.append(len(suppressions))
                    suppressions.append(part)
            elif token.type == tokenize.NEWLINE:
                for index in waiting:
                    suppressions[index] = suppressions[index]._replace(last=token.end[0])
                if not decorated:
                    waiting.clear()
                statement = decorated = 0
            elif not statement and token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
                statement = token.start[0]
                decorated = statement if token.string == "@" else 0
    except (tokenize.TokenError, SyntaxError):
        pass  # the file is reported as unparsable elsewhere
    return Comments(tuple(_ranged(suppressions)), tuple(malformed))


def above(text: str, row: int, code: str) -> Edit | None:
    """A comment on a line of its own that suppresses a rule in the logical line which a row is part of.

    The path of its span is left empty. None where the file cannot be read so far, or the row is in no statement.
    """
    first, lines = 0, text.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE:
                if token.start[0] >= row:
                    break
                first = 0
            elif not first and token.type not in _BETWEEN:
                first = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return None
    if not 0 < first <= row:
        return None
    line = lines[first - 1]
    indent = line[: len(line) - len(line.lstrip())]
    end = "\r\n" if line.endswith("\r") else "\n"
    return Edit(Span("", first, 1, first, 1), f"{indent}# registry-lint: ignore[{code}] -- say why this is right{end}")


def _parts(token: tokenize.TokenInfo, lines: Sequence[str], rows: int) -> Iterator[Suppression | Malformed]:
    """Our parts of one comment."""
    row, start = token.start
    line = lines[row - 1] if row <= len(lines) else token.line
    for match in itertools.islice(_OURS.finditer(token.string), _MOST_PARTS):
        begin, end = start + match.start() + 1, start + len(token.string[: match.end()].rstrip()) + 1
        directive = _DIRECTIVE.fullmatch(match["rest"])
        if directive is None or directive["kind"] not in _KINDS or not _LABEL.search(directive["labels"]):
            yield Malformed(row, begin, end, _complaint(match["rest"]))
            continue
        offset = start + match.start("rest") + directive.start("labels")
        labels = _labels(directive["labels"], offset)
        first, last = (1, rows) if directive["kind"] == "file-ignore" else (row, row)
        reason = directive["reason"] or ""
        yield Suppression(directive["kind"], labels, reason, row, begin, end, first, last, line)  # type: ignore[arg-type]  # it is in _KINDS
    for match in itertools.islice(_NOQA.finditer(token.string), _MOST_PARTS):
        labels = _labels(match["labels"], start + match.start("labels"))
        begin, end = start + match.start() + 1, start + len(token.string[: match.end()].rstrip()) + 1
        yield Suppression("noqa", labels, match["reason"] or "", row, begin, end, row, row, line)


def _labels(text: str, offset: int) -> tuple[Label, ...]:
    return tuple(
        Label(match[0], offset + match.start() + 1, offset + match.end() + 1) for match in _LABEL.finditer(text)
    )


def _complaint(rest: str) -> str:
    word = re.match(r"\s*([\w-]*)", rest)
    kind = word[1] if word else ""
    if kind in _KINDS:
        return f"this comment suppresses nothing: write `{kind}[CODE]` with the codes or names that it means"
    return "this comment suppresses nothing: after `registry-lint:` comes ignore, disable, enable or file-ignore"


def _ranged(suppressions: Sequence[Suppression]) -> Iterator[Suppression]:
    """Suppressions with every `disable` split by label and drawn out to its `enable`, or to the end."""
    for index, suppression in enumerate(suppressions):
        if suppression.kind != "disable":
            yield suppression
            continue
        ends = {}
        for label in suppression.labels:
            later = (
                other.row
                for other in suppressions[index + 1 :]
                if other.kind == "enable" and label.text in {ended.text for ended in other.labels}
            )
            ends[label] = next(later, 0)
        # One comment stays one suppression where all its labels end together, which is nearly always.
        for end in dict.fromkeys(ends.values()):
            together = tuple(label for label in suppression.labels if ends[label] == end)
            yield suppression._replace(labels=together, last=end or _END)

"""Comments that suppress findings, and what is wrong with them.

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

from registry_lint.findings import Edit, Finding, Fix, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from registry_lint.select import Rulebook

UNUSED, UNKNOWN, REASONLESS = "REG901", "REG902", "REG903"

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


NOTHING = Comments()


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


_BETWEEN = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)


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


_END = 1 << 30


class Ledger:
    """The suppressions of one file, and which of their labels took something away."""

    def __init__(self, path: str, comments: Comments, rulebook: Rulebook) -> None:
        self._path = path
        self._comments = comments
        self._rulebook = rulebook
        self._used: set[tuple[int, Label]] = set()
        self._codes = [self._ours(suppression) for suppression in comments.suppressions]

    def _ours(self, suppression: Suppression) -> list[tuple[Label, str | None]]:
        """The labels that are ours to judge, each with its code; None where there is no such rule."""
        pairs = [(label, self._rulebook.code_of(label.text)) for label in suppression.labels]
        if suppression.kind != "noqa":
            return pairs
        return [(label, code) for label, code in pairs if code or label.text.startswith("REG")]

    def suppresses(self, finding: Finding) -> bool:
        """Whether a comment takes this finding away; that comment is used from now on."""
        taken = False
        for index, suppression in enumerate(self._comments.suppressions):
            if suppression.kind == "enable" or not _covers(suppression, finding.span):
                continue
            for label, code in self._codes[index]:
                if code == finding.code:
                    self._used.add((index, label))
                    taken = True
        return taken

    def complaints(self, judged: Callable[[str], bool], *, require_reason: bool) -> Iterator[Finding]:
        """What is wrong with the comments, once every finding was shown to `suppresses`.

        `judged` says whether a rule's findings in this file are all known, so that a label can be unused.
        """
        for broken in self._comments.malformed:
            span = Span(self._path, broken.row, broken.column, broken.row, broken.end_column)
            yield Finding(code=UNKNOWN, span=span, message=broken.message)
        opened: set[str] = set()
        for index, suppression in enumerate(self._comments.suppressions):
            if suppression.kind == "disable":
                opened.update(label.text for label in suppression.labels)
            unused = []
            for label, code in self._codes[index]:
                if code is None:
                    yield self._unknown(suppression, label)
                elif suppression.kind == "enable":
                    if label.text not in opened:
                        unused.append(label)
                elif (index, label) not in self._used and judged(code):
                    unused.append(label)
            if unused:
                yield self._unused(suppression, unused)
            if require_reason and self._codes[index] and not suppression.reason and suppression.kind != "enable":
                yield Finding(
                    code=REASONLESS,
                    span=_span(self._path, suppression),
                    message="this suppression gives no reason",
                    help="end the comment with `-- why this is right here`",
                )

    def _unknown(self, suppression: Suppression, label: Label) -> Finding:
        span = Span(self._path, suppression.row, label.column, suppression.row, label.end_column)
        if self._rulebook.codes_of(label.text):
            message = f"`{label.text}` is no rule but a prefix; a suppression names each rule by code or name"
            return Finding(code=UNKNOWN, span=span, message=message)
        nearest = self._rulebook.nearest(label.text)
        hint = f"did you mean `{nearest}`?" if nearest else "`registry-lint rules` lists all rules"
        return Finding(code=UNKNOWN, span=span, message=f"there is no rule `{label.text}`", help=hint)

    def _unused(self, suppression: Suppression, unused: Sequence[Label]) -> Finding:
        named = ", ".join(f"`{label.text}`" for label in unused)
        if suppression.kind == "enable":
            message = f"nothing to enable: {named} was not disabled above"
        else:
            message = f"unused suppression: nothing is reported here for {named}"
        whole = len(unused) == len(suppression.labels)
        edit = _removal(self._path, suppression) if whole else _without(self._path, suppression, unused)
        fix = Fix(applicability="safe", message="Remove the unused suppression", edits=(edit,))
        return Finding(code=UNUSED, span=_span(self._path, suppression), message=message, fix=fix)


def _covers(suppression: Suppression, span: Span) -> bool:
    """A range covers what begins in it, a comment beside code whatever runs over its line."""
    if suppression.kind in ("disable", "file-ignore"):
        return suppression.first <= span.row <= suppression.last
    return span.row <= suppression.last and span.end_row >= suppression.first


def _span(path: str, suppression: Suppression) -> Span:
    return Span(path, suppression.row, suppression.column, suppression.row, suppression.end_column)


def _removal(path: str, suppression: Suppression) -> Edit:
    """The edit that removes our part of a comment: with its line, where it stands alone."""
    before, after = suppression.line[: suppression.column - 1], suppression.line[suppression.end_column - 1 :]
    row = suppression.row
    if after.strip():  # another comment follows: it takes our place
        end = len(suppression.line) - len(after.lstrip()) + 1
        return Edit(Span(path, row, suppression.column, row, end), "")
    if before.strip():
        return Edit(Span(path, row, len(before.rstrip()) + 1, row, len(suppression.line.rstrip("\r")) + 1), "")
    return Edit(Span(path, row, 1, row + 1, 1), "")


def _without(path: str, suppression: Suppression, unused: Iterable[Label]) -> Edit:
    """The edit that removes some labels and leaves the others."""
    row, gone = suppression.row, set(unused)
    labels = suppression.labels
    kept = ", ".join(label.text for label in labels if label not in gone)
    return Edit(Span(path, row, labels[0].column, row, labels[-1].end_column), kept)

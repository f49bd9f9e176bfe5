"""The suppressing comments of one file and its findings: what each comment takes away, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.findings import Edit, Finding, Fix, Span
from registry_lint.housekeeping import REASONLESS_SUPPRESSION, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from registry_lint.select import Rulebook
    from registry_lint.suppress import Comments, Label, Suppression


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
            yield Finding(code=UNKNOWN_SUPPRESSION, span=span, message=broken.message)
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
                    code=REASONLESS_SUPPRESSION,
                    span=_span(self._path, suppression),
                    message="this suppression gives no reason",
                    help="end the comment with `-- why this is right here`",
                )

    def _unknown(self, suppression: Suppression, label: Label) -> Finding:
        span = Span(self._path, suppression.row, label.column, suppression.row, label.end_column)
        if self._rulebook.codes_of(label.text):
            message = f"`{label.text}` is no rule but a prefix; a suppression names each rule by code or name"
            return Finding(code=UNKNOWN_SUPPRESSION, span=span, message=message)
        nearest = self._rulebook.nearest(label.text)
        hint = f"did you mean `{nearest}`?" if nearest else "`registry-lint rules` lists all rules"
        return Finding(code=UNKNOWN_SUPPRESSION, span=span, message=f"there is no rule `{label.text}`", help=hint)

    def _unused(self, suppression: Suppression, unused: Sequence[Label]) -> Finding:
        named = ", ".join(f"`{label.text}`" for label in unused)
        if suppression.kind == "enable":
            message = f"nothing to enable: {named} was not disabled above"
        else:
            message = f"unused suppression: nothing is reported here for {named}"
        whole = len(unused) == len(suppression.labels)
        edit = _removal(self._path, suppression) if whole else _without(self._path, suppression, unused)
        fix = Fix(applicability="safe", message="Remove the unused suppression", edits=(edit,))
        return Finding(code=UNUSED_SUPPRESSION, span=_span(self._path, suppression), message=message, fix=fix)


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

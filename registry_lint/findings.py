"""What a run says: spans, steps, findings, fixes, and the outcome of a whole run.

All of it is frozen and made of plain values, so that it can be sorted, compared, cached and printed by
any report. Rows and columns count from 1, columns in characters (not bytes); an end is exclusive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from registry_lint.suggest.workshop import Workshop

Severity = Literal["error", "warning", "info"]
Confidence = Literal["certain", "likely"]
Applicability = Literal["safe", "unsafe", "display"]


class Span(NamedTuple):
    """A stretch of one file. `path` is POSIX and relative to the project's root."""

    path: str
    row: int
    column: int
    end_row: int
    end_column: int


class Step(NamedTuple):
    """One step on the way from a cause to its effect, or a place that belongs to a finding."""

    span: Span
    message: str


class Edit(NamedTuple):
    """Replace the text of `span` by `content` (an empty span inserts, empty content deletes)."""

    span: Span
    content: str


class Fix(msgspec.Struct, frozen=True):
    """A mend. `edits` may touch several files; they are applied together or not at all."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


# A suggestion is asked for only when a finding is about to be shown or mended: it opens the concrete tree.
Suggestion = Callable[["Workshop"], "Fix | None"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that a user should know.

    A rule fills `code`, `span`, `message` and what it knows of the rest; the run completes `name`,
    `severity`, `symbol`, `fix` and `fingerprint`. A rule may set `severity="info"` for what matters less than its
    other findings.
    """

    code: str
    span: Span
    message: str
    confidence: Confidence = "certain"
    trace: tuple[Step, ...] = ()  # source first, sink last
    related: tuple[Step, ...] = ()
    help: str | None = None  # one line that says what to do instead
    name: str = ""
    severity: Severity = "warning"
    symbol: str = ""  # qualified name of the enclosing function or class; "" at module level
    fix: Fix | None = None
    fingerprint: str = ""

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Sorts findings by place, then by rule, so that every report has one order."""
        return (self.span, self.code, self.message)


class Found(NamedTuple):
    """What a rule yields: a finding, and the function that can make its suggestion."""

    finding: Finding
    suggest: Suggestion | None = None


class Unexamined(NamedTuple):
    """Something that could not be examined, or not to its end: said in every report, never hidden."""

    path: str
    reason: str


class Outcome(msgspec.Struct, frozen=True):
    """What one run found. `findings` are sorted; `suppressed` counts those that comments took away."""

    findings: tuple[Finding, ...]
    files: int  # files that the run looked at
    unexamined: tuple[Unexamined, ...] = ()
    bounds: tuple[str, ...] = ()  # where a budget cut an analysis short, in words
    suppressed: int = 0
    baselined: int = 0
    excluded: tuple[str, ...] = ()  # folders that the default excludes left out
    fixed: int = 0  # findings that --fix mended

    @property
    def complete(self) -> bool:
        """Whether everything was examined to its end."""
        return not self.unexamined and not self.bounds

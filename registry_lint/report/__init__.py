"""Reports: one module a format, `FORMATS` names them.

A format is a pure function from an outcome to lines without their ends; the caller writes each with a "\\n" (UTF-8;
json, json-lines, sarif, gitlab, junit and checkstyle are pure ASCII). A format's module is imported when the format
is first called, and none imports rich. The same outcome gives the same bytes.

What could not be examined, and bounds that were met, are in every format: in a closing summary where people read, in
SARIF's notifications, else as entries of their own (see each module). `summary_line` is one line for stderr beside a
format that has no summary of its own, one of `MACHINE_FORMATS`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from registry_lint.findings import Outcome
from registry_lint.report.presentation import Presentation, RuleCard
from registry_lint.report.summary import fixable_line, summary_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.findings import Step

__all__ = [
    "FORMATS",
    "MACHINE_FORMATS",
    "STATISTICS",
    "Format",
    "Presentation",
    "RuleCard",
    "fixable_line",
    "step_summary",
    "summary_line",
    "trace_frames",
]

Format = Callable[[Outcome, Presentation], Iterator[str]]


def _lazy(module: str, function: str) -> Format:
    def report(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
        written: Format = getattr(importlib.import_module(f"registry_lint.report.{module}"), function)
        return written(outcome, presentation)

    report.__name__ = report.__qualname__ = function
    return report


FORMATS: dict[str, Format] = {
    "text": _lazy("text", "text"),
    "concise": _lazy("concise", "concise"),
    "grouped": _lazy("grouped", "grouped"),
    "json": _lazy("json_records", "json_list"),
    "json-lines": _lazy("json_records", "json_lines"),
    "sarif": _lazy("sarif", "sarif"),
    "github": _lazy("github", "github"),
    "gitlab": _lazy("gitlab", "gitlab"),
    "junit": _lazy("junit", "junit"),
    "checkstyle": _lazy("checkstyle", "checkstyle"),
    "markdown": _lazy("markdown", "markdown"),
}
"""Every format by the name under which `--output-format` knows it."""

MACHINE_FORMATS = frozenset({"json", "json-lines", "sarif", "github", "gitlab", "junit", "checkstyle"})
"""Formats that programs read: no colour, no width, and `summary_line` belongs on stderr."""

STATISTICS: dict[str, Format] = {
    **dict.fromkeys(("text", "concise", "grouped"), _lazy("tally", "statistics")),
    "json": _lazy("tally", "statistics_json"),
}
"""`--statistics`, in place of the findings: a table for people (colour and footer as `text` has them), or JSON."""

step_summary = _lazy("markdown", "step_summary")
"""What to append, beside the annotations of `github`, to the file that $GITHUB_STEP_SUMMARY names."""


def trace_frames(steps: Sequence[Step], presentation: Presentation) -> Iterator[str]:
    """Steps as numbered frames, source first: how `text` shows a trace, for whoever has one without a finding."""
    from registry_lint.report import text

    return text.trace_frames(steps, presentation)

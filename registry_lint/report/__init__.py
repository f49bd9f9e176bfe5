"""Reports: one module a format, `FORMATS` names them.

A format is a pure function from an outcome to lines without their ends; the caller writes each with a "\\n" (UTF-8;
json, json-lines, sarif, gitlab, junit and checkstyle are pure ASCII). A format's module is imported when the format
is first called, and none imports rich. The same outcome gives the same bytes.

Where a format is a bare list of findings (`json`, `gitlab`), what could not be examined stands in the list as
entries of its own; see the modules. `summary_line` is for stderr, whatever the format.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

from registry_lint.findings import Outcome
from registry_lint.report.presentation import Presentation, RuleCard
from registry_lint.report.summary import summary_line

__all__ = ["FORMATS", "MACHINE_FORMATS", "Format", "Presentation", "RuleCard", "summary_line"]

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
    "json": _lazy("json_records", "json_list"),
    "json-lines": _lazy("json_records", "json_lines"),
}
"""Every format by the name under which `--output-format` knows it."""

MACHINE_FORMATS = frozenset({"json", "json-lines", "sarif", "github", "gitlab", "junit", "checkstyle"}) & FORMATS.keys()
"""Formats that programs read: no colour, no width, and `summary_line` belongs on stderr."""

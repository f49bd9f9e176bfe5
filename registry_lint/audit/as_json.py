"""The report as JSON, and its schema."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import msgspec

from registry_lint.audit.records import Report
from registry_lint.report.visible import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.presentation import Presentation

# Half a surrogate pair, from a file name or a source that is no UTF-8: no JSON reader takes it.
_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII: Final = re.compile("[\x7f-\U0010ffff]")
SCHEMA_ID: Final = "https://registry-lint.github.io/audit-report-1.json"


def written(report: Report, _: Presentation) -> Iterator[str]:
    """One object; two blanks a level, so that a difference of two reports can be read."""
    text = json.dumps(msgspec.to_builtins(report), indent=2, ensure_ascii=False)
    text = _HALF_PAIR.sub(lambda half: escape(half[0]), text)
    # What turns text around, and what some runners obey wherever it stands in a log, is the same text as an escape.
    text = _BEYOND_ASCII.sub(lambda one: one[0] if one[0].isprintable() else json.dumps(one[0])[1:-1], text)
    yield text.replace("##", "#\\u0023")


def schema() -> str:
    """The JSON Schema (2020-12) of the report."""
    made = msgspec.json.schema(Report)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **made}, indent=2)

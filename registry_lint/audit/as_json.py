"""The report as JSON, and its schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec

from registry_lint.audit.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.presentation import Presentation

SCHEMA_ID: Final = "https://registry-lint.github.io/audit-report-1.json"


def written(report: Report, _: Presentation) -> Iterator[str]:
    """One object; two blanks a level, so that a difference of two reports can be read."""
    yield json.dumps(msgspec.to_builtins(report), indent=2, ensure_ascii=False)


def schema() -> str:
    """The JSON Schema (2020-12) of the report."""
    made = msgspec.json.schema(Report)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **made}, indent=2)

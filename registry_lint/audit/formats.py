"""The forms in which an audit is written, each loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.audit.presentation import Presentation
    from registry_lint.audit.records import Report

FORMATS: Final = ("text", "json", "markdown", "html", "dot", "mermaid")


def writer(name: str) -> Callable[[Report, Presentation], Iterator[str]]:
    """The function that writes a format, line by line. Raises KeyError for another name."""
    from registry_lint.audit import as_json, diagrams, html, markdown, text

    return {
        "text": text.written,
        "json": as_json.written,
        "markdown": markdown.written,
        "html": html.written,
        "dot": diagrams.dot,
        "mermaid": diagrams.mermaid,
    }[name]

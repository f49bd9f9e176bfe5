"""`html`: one file that holds everything, fetches nothing and runs nothing but its own script.

The report stands in it as data. The script makes every element by name and every text as a text, so that no name in
the analysed code can become markup; and a content security policy lets the browser run and style only what has the
digests of our own script and style.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from registry_lint.audit.graph import graph
from registry_lint.audit.tables import headline
from registry_lint.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.presentation import Presentation
    from registry_lint.audit.records import Report

_ASSETS: Final = Path(__file__).parent / "assets"
_SCRIPTS: Final = ("base.js", "summary.js", "tables.js", "ways.js", "layout.js", "map.js", "page.js")

# Inside a <script>, `<` could begin its end tag or a comment; the two separators end a line of JavaScript.
_UNSAFE: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def written(report: Report, presentation: Presentation) -> Iterator[str]:
    """The page."""
    style = _asset("page.css")
    script = "\n".join(_asset(name) for name in _SCRIPTS)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    title = html.escape(visible(report.project))
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<link rel="icon" href="data:,">'
    yield f"<title>Registries of {title}</title>"
    yield f"<style>{style}</style>"
    yield "</head>"
    yield "<body>"
    said = html.escape(visible(headline(report)))
    yield f"<noscript><p>{said} This page draws its tables with a script.</p></noscript>"
    yield '<div id="page"></div>'
    yield f'<script type="application/json" id="report">{_data(report, presentation)}</script>'
    yield f"<script>{script}</script>"
    yield "</body>"
    yield "</html>"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


def _data(report: Report, presentation: Presentation) -> str:
    """The report, its map and the template of links as JSON that is harmless within HTML."""
    drawn = graph(report)
    whole = {
        "report": msgspec.to_builtins(report),
        "headline": headline(report),
        "graph": {
            "nodes": [{"id": node.id, "kind": node.kind, "label": node.label, "place": msgspec.to_builtins(node.place)}
                      for node in drawn.nodes],
            "edges": [edge._asdict() for edge in drawn.edges],
        },
        "link": presentation.link_template,
    }  # fmt: skip
    text = json.dumps(whole, separators=(",", ":"))
    for character, harmless in _UNSAFE.items():
        text = text.replace(character, harmless)
    return text

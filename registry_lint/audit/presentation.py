"""How an audit is shown: what a format is told beside the report."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from registry_lint.audit.records import Place

FIELDS: Final = ("path", "row", "column")
_FIELD = re.compile(r"\{(\w*)\}")
_SCHEMES = (
    "http",
    "https",
    "vscode",
    "vscode-insiders",
    "cursor",
    "idea",
    "jetbrains",
    "pycharm",
    "subl",
    "txmt",
    "file",
)


class Presentation(NamedTuple):
    """`width`: cells of a line, None where lines are never cut. `link_template`: a URL with `{path}`, `{row}` and
    `{column}`; "" for no links."""

    width: int | None = None
    colour: bool = False
    link_template: str = ""
    everything: bool = False  # every row of every table

    def link(self, place: Place) -> str:
        """The address of a place; "" where there is no template."""
        fields = {"path": quote(os.fsencode(place.path)), "row": str(place.row), "column": str(place.column)}
        return _FIELD.sub(lambda match: fields.get(match[1], match[0]), self.link_template)


def template_mistake(template: str) -> str:
    """What is wrong with a template for links; "" where nothing is."""
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    if unknown:
        return f"there is no {{{unknown[0]}}}; fields are {', '.join(f'{{{name}}}' for name in FIELDS)}"
    if "{path}" not in template:
        return "it has no {path}"
    scheme, colon, _ = template.partition(":")
    if colon and scheme.lower() not in _SCHEMES and "/" not in scheme:
        return f"links to {scheme}: are not made; schemes are {', '.join(_SCHEMES)}"
    return ""

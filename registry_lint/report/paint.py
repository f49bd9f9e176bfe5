"""Colour: plain ANSI sequences of our own. Rich takes 37 ms to import and brings nothing that a report needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from registry_lint.report.presentation import Presentation

Role = Literal["error", "warning", "info", "strong", "gutter", "help", "added", "removed", "faint"]

# The sixteen colours that a person's own palette defines, so that light and dark backgrounds both work.
_SEQUENCES: dict[Role, str] = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "strong": "1",
    "gutter": "34",
    "help": "1;32",
    "added": "32",
    "removed": "31",
    "faint": "2",
}


class Paint(NamedTuple):
    """Paints text where colour is wanted, else leaves it alone."""

    colour: bool = False
    hyperlinks: bool = False

    @classmethod
    def of(cls, presentation: Presentation) -> Paint:
        """The paint that a presentation asks for."""
        return cls(presentation.colour, presentation.hyperlinks)

    def __call__(self, role: Role, text: str) -> str:
        """The text in the colour of its role."""
        return f"\x1b[{_SEQUENCES[role]}m{text}\x1b[0m" if self.colour and text else text

    def link(self, text: str, url: str) -> str:
        """The text as a terminal hyperlink (OSC 8). A URL that could end the sequence early is not linked."""
        if not self.hyperlinks or not url or not (url.isascii() and url.isprintable()):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"

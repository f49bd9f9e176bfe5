"""XML that every parser takes, whatever is written into it.

ASCII with character references, so that no stream's encoding can spoil it; characters that XML 1.0 has no way to
write become U+FFFD; tabs and line ends are references, since attributes would lose them; and no line can begin
with what a CI runner takes for a command.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile(r"""[&<>"'\t\n\r\x7f-\x9f]|#(?=#)""")


def escaped(text: str) -> str:
    """Text for an attribute or an element."""
    legal = _ILLEGAL.sub("\ufffd", text)
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", legal).encode("ascii", "xmlcharrefreplace").decode("ascii")


def start_tag(name: str, attributes: Mapping[str, str | int], end: str = ">") -> str:
    """`<name a="1">`; `end` may be `/>`."""
    said = "".join(f' {key}="{escaped(str(value))}"' for key, value in attributes.items())
    return f"<{name}{said}{end}"

"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(file: Path, content: bytes, draft: Path) -> None:
    """Write a file: another one first, beside it, which then takes its place with its mode. Raises OSError.

    The draft is made anew: a checkout may hold a link of that name, and what is written must not go where it leads.
    """
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    try:
        with draft.open("xb") as stream:
            stream.write(content)
        if file.is_file():
            draft.chmod(stat.S_IMODE(file.stat().st_mode))
        draft.replace(file)
    except BaseException:  # Ctrl-C too
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise

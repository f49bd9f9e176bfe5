"""What a user can mend, and what a run mends itself. All else that goes wrong is a bug of ours and is left to raise."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """One thing to mend. `path`, `row`, `column` say where, when it is in a file (rows, columns from 1)."""

    message: str
    path: str = ""
    row: int = 0
    column: int = 0
    frame: str = ""  # the offending line with a caret below it, ready to print
    hint: str = ""

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.path, self.row, self.column) if part)
        text = f"{where}: {self.message}" if where else self.message
        if self.frame:
            text += f"\n{self.frame}"
        return f"{text}\n  {self.hint}" if self.hint else text


class UserError(Exception):
    """Something that the user must mend (exit code 2); carries every mistake found, not just the first."""

    def __init__(self, *mistakes: Mistake | str) -> None:
        self.mistakes = tuple(Mistake(m) if isinstance(m, str) else m for m in mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ConfigurationError(UserError):
    """The configuration is wrong."""


class DamagedError(Exception):
    """What an earlier run kept is not what we wrote: a run drops the cache and begins anew."""

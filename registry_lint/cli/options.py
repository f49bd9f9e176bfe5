"""What the command line asks of `check`, apart from the settings."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from registry_lint.cli import terminal
    from registry_lint.findings import Applicability

STANDARD_INPUT: Final = "-"


@dataclasses.dataclass(frozen=True)
class Options:
    """The options of `check` by name."""

    paths: tuple[str, ...]
    output_format: str
    output_file: str | None
    outputs: tuple[tuple[str, str], ...]
    statistics: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    fix_only: bool
    show_fixes: bool
    exit_non_zero_on_fix: bool
    exit_zero: bool
    strict: bool
    force_exclude: bool
    stdin_filename: str | None
    show_files: bool
    baseline: str | None
    since: str | None
    no_cache: bool
    cache_dir: str | None
    jobs: int
    timings: bool
    colour: terminal.Colour
    quiet: bool
    verbose: bool

    @property
    def from_stdin(self) -> bool:
        """Whether one file is read from standard input."""
        return STANDARD_INPUT in self.paths

    @property
    def mends(self) -> bool:
        """Whether fixes are applied, if only to show them."""
        return self.fix or self.fix_only or self.diff

    @property
    def applicabilities(self) -> frozenset[Applicability]:
        """The kinds of fixes that are applied."""
        return frozenset({"safe", "unsafe"} if self.unsafe_fixes else {"safe"})

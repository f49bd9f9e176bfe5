"""What a report needs beside the outcome: the sources to quote, the rules' own words, and how to show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from registry_lint.findings import Finding, Severity


class RuleCard(NamedTuple):
    """What reports say of a rule. `documentation` is the docstring of the rule's module; `url` may be ""."""

    code: str
    name: str
    sentence: str
    documentation: str = ""
    severity: Severity = "warning"
    url: str = ""


@dataclass(frozen=True)
class Presentation:
    """How one report is shown.

    `read` gives a file's bytes by its path relative to the project's root, as the run saw them, and raises
    OSError where it cannot: the report then goes without the code. All else has a default that suits a pipe.
    """

    read: Callable[[str], bytes]
    colour: bool = False
    hyperlinks: bool = False  # OSC 8 links from codes to rule pages; only for a terminal that knows them
    width: int | None = None  # terminal cells to wrap and cut at, in `text` and `grouped`; None: never wrap
    rules: Sequence[RuleCard] = ()  # the rules that were active
    root: Path | None = None  # the project's root
    prefix: str = ""  # from the repository's root to the project's, "backend/": forges want paths from there
    unsafe_fixes: bool = False  # unsafe fixes count as fixable, and get their [*]
    suggestions: bool = True  # show what a fix would change
    footer: bool = True  # the closing summary of text, concise and grouped
    category: str = "registry-lint/"  # SARIF automationDetails.id: one for each analysis of a commit, ends in "/"
    version: str = "0"  # ours, for SARIF


def is_fixable(finding: Finding, presentation: Presentation) -> bool:
    """Whether `--fix`, as it was called, would mend the finding: what `[*]` marks."""
    if finding.fix is None or not finding.fix.edits:
        return False
    return finding.fix.applicability == "safe" or (presentation.unsafe_fixes and finding.fix.applicability == "unsafe")

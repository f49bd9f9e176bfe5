"""What the whole run comes to, in numbers and in words: every report for people ends with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.report.visible import visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Outcome, Severity
    from registry_lint.report.presentation import Presentation

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_SHOWN = 20  # unexamined files and bounds that are named one by one in a summary for people


class Counts(NamedTuple):
    """How many findings there are of each kind."""

    error: int
    warning: int
    info: int
    safe: int  # that --fix mends
    unsafe: int  # that only --unsafe-fixes mends

    @property
    def total(self) -> int:
        """All findings."""
        return self.error + self.warning + self.info


def counts(outcome: Outcome) -> Counts:
    """The numbers of an outcome."""
    levels = Counter(finding.severity for finding in outcome.findings)
    fixes = Counter(finding.fix.applicability for finding in outcome.findings if finding.fix and finding.fix.edits)
    return Counts(levels["error"], levels["warning"], levels["info"], fixes["safe"], fixes["unsafe"])


def number(count: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def summary_line(outcome: Outcome) -> str:
    """One line for the end of a run, whatever the format: findings, what was set aside, what was not examined."""
    numbers = counts(outcome)
    if numbers.total:
        parts = [number(count, noun) for count, noun in zip(numbers[:3], SEVERITIES, strict=True) if count]
        said = f"Found {', '.join(parts)} in {number(outcome.files, 'file')}"
    else:
        said = f"Nothing to report in {number(outcome.files, 'file')}"
    aside = [
        f"{count} {word}"
        for count, word in (
            (outcome.fixed, "fixed"),
            (outcome.suppressed, "suppressed"),
            (outcome.baselined, "in the baseline"),
        )
        if count
    ]
    if aside:
        said += f" ({', '.join(aside)})"
    gaps = incompleteness(outcome)
    return f"{said}; incomplete: {gaps}." if gaps else f"{said}."


def incompleteness(outcome: Outcome) -> str:
    """`2 files not examined, 1 bound met`, or "" where everything was examined to its end."""
    parts = []
    if outcome.unexamined:
        parts.append(f"{number(len(outcome.unexamined), 'file')} not examined")
    if outcome.bounds:
        parts.append(f"{number(len(outcome.bounds), 'bound')} met")
    return ", ".join(parts)


def footer(outcome: Outcome, presentation: Presentation, width: int | None = None) -> Iterator[str]:
    """The closing lines of a report for people, uncoloured, `summary_line` first; wrapped where `width` is given."""
    for line in _closing(outcome, presentation):
        first, *rest = wrapped(line, width, 0, 4)
        yield first
        yield from (f"    {part}" for part in rest)


def _closing(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    yield summary_line(outcome)
    fixable = fixable_line(outcome, unsafe_fixes=presentation.unsafe_fixes)
    if fixable:
        yield fixable
    if outcome.excluded:
        yield f"Left out by default: {_listed([visible(folder) for folder in outcome.excluded])}."
    if outcome.unexamined:
        yield "Not examined:"
        yield from _indented([f"{visible(path)}: {visible(reason)}" for path, reason in outcome.unexamined])
    if outcome.bounds:
        yield "Bounds met, so something may have been missed:"
        yield from _indented([visible(bound) for bound in outcome.bounds])


def fixable_line(outcome: Outcome, *, unsafe_fixes: bool) -> str:
    """How many findings `--fix` would mend, and how many more with `--unsafe-fixes`; "" where there are none."""
    numbers = counts(outcome)
    if unsafe_fixes and numbers.safe + numbers.unsafe:
        return f"[*] {numbers.safe + numbers.unsafe} fixable with `--fix --unsafe-fixes`."
    if numbers.safe:
        more = f" ({numbers.unsafe} more with `--unsafe-fixes`)" if numbers.unsafe else ""
        return f"[*] {numbers.safe} fixable with `--fix`{more}."
    return f"No fix is safe; {numbers.unsafe} fixable with `--fix --unsafe-fixes`." if numbers.unsafe else ""


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _indented(lines: list[str]) -> Iterator[str]:
    for line in lines[:_SHOWN]:
        yield f"  {line}"
    if len(lines) > _SHOWN:
        yield f"  ... and {len(lines) - _SHOWN} more (`--output-format json` names them all)"

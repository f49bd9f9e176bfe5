"""What is promised of speed: ratios between measurements of one run, with their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .measure import Summary


class Bound(NamedTuple):
    """`of` may take at most `most` times as long as `beside`, over a corpus of at least `files` files."""

    of: str
    beside: str
    most: float
    files: int = 0


# Of two bounds for the same pair, the one for the larger corpus holds where it can.
BOUNDS = (
    Bound("registry-lint cold", "ruff --no-cache", 1.5, 5_000),
    Bound("registry-lint cold", "ruff --no-cache", 1.0, 25_000),
    Bound("registry-lint cold", "ast-grep", 1 / 8, 25_000),
    Bound("registry-lint warm", "ruff warm", 0.35, 25_000),
    Bound("registry-lint one changed", "ruff warm", 1.0, 25_000),
    Bound("registry-lint three given", "python -c pass", 15, 5_000),
    Bound("registry-lint --help", "python -c pass", 6),
    Bound("registry-lint version", "python -c pass", 6),
)
MEMORY = 250.0  # MiB, of the largest process of registry-lint
GROWTH = 1.3  # between the least and the greatest time per file


class Verdict(NamedTuple):
    """A bound and what was measured."""

    what: str
    measured: float
    most: float

    @property
    def is_met(self) -> bool:
        """Whether the promise holds."""
        return self.measured <= self.most


def verdicts(summaries: Mapping[str, Summary], files: int) -> list[Verdict]:
    """The bounds that speak of a corpus of so many files, as far as both sides were measured."""
    holding = {(bound.of, bound.beside): bound for bound in BOUNDS if bound.files <= files}
    found = [
        Verdict(f"{of} / {beside}", summaries[of].wall / summaries[beside].wall, bound.most)
        for (of, beside), bound in holding.items()
        if of in summaries and beside in summaries
    ]
    memory = [summary.memory for name, summary in summaries.items() if name.startswith("registry-lint")]
    if memory:
        found.append(Verdict("peak memory of registry-lint, MiB", max(memory), MEMORY))
    return found

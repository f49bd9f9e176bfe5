"""Fixing a whole project: rounds of fixes until nothing changes, in memory; then everything is written, or shown.

    settled = fix_until_settled(analyse, corpus, {"safe"})
    sys.stdout.buffer.write(settled.diff())            # --diff
    written = write(settled.changes, settled.together, root)   # --fix: the very bytes of the diff

Round after round the project is analysed as it would be, so that a fix may bring another to light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.suggest.diff import unified_diff
from registry_lint.suggest.plan import Changed, Plan, Skipped, plan
from registry_lint.suggest.surroundings import ALONE, Surroundings
from registry_lint.suggest.write import Unwritten, Written, recover, write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from registry_lint.findings import Applicability, Finding
    from registry_lint.source.corpus import Corpus

# Overlapping edits halve from round to round; what is not done after so many rounds goes in a circle.
ROUNDS = 20


class Unsettled(NamedTuple):
    """A file that fixes kept changing: it stays as it was. `codes` are the rules that changed it."""

    path: str
    codes: tuple[str, ...]


class Settled(NamedTuple):
    """A project after all rounds; nothing is written yet."""

    changes: Mapping[str, Changed]  # by path; `old` is what the corpus holds
    together: tuple[frozenset[str], ...]  # files that must be written together or not at all
    applied: tuple[Finding, ...]  # as they were found in their round
    remaining: tuple[Finding, ...]  # what the last analysis still finds
    skipped: tuple[Skipped, ...]  # fixes that could not be applied in the end
    unsettled: tuple[Unsettled, ...]
    rounds: int  # how many changed something

    def diff(self) -> bytes:
        """The unified diff of all changes: exactly what writing them does."""
        return b"".join(unified_diff(changed) for changed in self.changes.values())


class Overlay:
    """A corpus with some files replaced: the project as it would be."""

    def __init__(self, corpus: Corpus, contents: Mapping[str, bytes]) -> None:
        self._corpus = corpus
        self._contents = dict(contents)

    @property
    def root(self) -> Path | None:
        """The folder of the corpus below."""
        return self._corpus.root

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the corpus below: fixes neither add nor remove files."""
        return self._corpus.paths

    def read(self, path: str) -> bytes:
        """The replaced bytes, else those below. Raises OSError."""
        return self._contents[path] if path in self._contents else self._corpus.read(path)


def fix_until_settled(
    analyse: Callable[[Corpus], Sequence[Finding]],
    corpus: Corpus,
    applicabilities: Collection[Applicability],
    *,
    surroundings: Surroundings = ALONE,
    rounds: int = ROUNDS,
) -> Settled:
    """Apply fixes until none is left; `analyse` gives the findings, fixes included, of a corpus.

    A file that comes back to an earlier content, or still changes in the last round, is left as it was, and
    everything begins anew without it: other files may have been mended in reliance on it.
    """
    unsettled: dict[str, Unsettled] = {}
    while True:
        settled, restless = _rounds(analyse, corpus, applicabilities, surroundings, rounds, unsettled)
        if not restless:
            return settled
        unsettled.update(restless)


def _rounds(
    analyse: Callable[[Corpus], Sequence[Finding]],
    corpus: Corpus,
    applicabilities: Collection[Applicability],
    surroundings: Surroundings,
    limit: int,
    untouchable: Mapping[str, Unsettled],
) -> tuple[Settled, dict[str, Unsettled]]:
    originals: dict[str, bytes] = {}
    contents: dict[str, bytes] = {}
    history: dict[str, list[bytes]] = {}
    together: list[frozenset[str]] = []
    mended: list[Finding] = []
    movers: dict[str, set[str]] = {}
    count = 0
    while True:
        overlay = Overlay(corpus, contents)
        findings = analyse(overlay)
        step = plan(findings, overlay.read, applicabilities, surroundings=surroundings, untouchable=untouchable)
        for finding in step.applied:
            for path in {edit.span.path for edit in finding.fix.edits} if finding.fix else ():
                movers.setdefault(path, set()).add(finding.code)
        restless = _restless(step, history, movers, last=count >= limit)
        if restless or not step.changes:
            changes = {
                path: Changed(path, originals[path], content)
                for path, content in sorted(contents.items())
                if content != originals[path]
            }
            settled = Settled(
                changes, _joined(together), tuple(mended), tuple(findings), step.skipped,
                tuple(untouchable[path] for path in sorted(untouchable)), count,
            )  # fmt: skip
            return settled, restless
        count += 1
        for path, changed in step.changes.items():
            originals.setdefault(path, changed.old)
            history.setdefault(path, [changed.old]).append(changed.new)
            contents[path] = changed.new
        together.extend(step.together)
        mended.extend(step.applied)


def _restless(
    step: Plan, history: Mapping[str, Sequence[bytes]], movers: Mapping[str, Collection[str]], *, last: bool
) -> dict[str, Unsettled]:
    """The files of a round that go in a circle, with the rules that moved them."""
    return {
        path: Unsettled(path, tuple(sorted(movers[path])))
        for path, changed in step.changes.items()
        if last or changed.new in history.get(path, ())
    }


def _joined(groups: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Groups of several rounds: those that share a file are one."""
    joined: list[frozenset[str]] = []
    for group in groups:
        apart = [other for other in joined if not other & group]
        joined = [*apart, frozenset().union(group, *(other for other in joined if other & group))]
    return tuple(sorted(joined, key=sorted))


__all__ = [
    "ROUNDS", "Changed", "Overlay", "Plan", "Settled", "Skipped", "Unsettled", "Unwritten", "Written",
    "fix_until_settled", "plan", "recover", "unified_diff", "write",
]  # fmt: skip

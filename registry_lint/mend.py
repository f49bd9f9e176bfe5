"""Mending a project: fixes in rounds, in memory, and what the last round still finds."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from registry_lint.findings import Applicability, Finding
    from registry_lint.request import Request
    from registry_lint.run import Examination
    from registry_lint.source.corpus import Corpus
    from registry_lint.suggest.apply import Settled


class Mended(NamedTuple):
    """A project after all rounds. Nothing is written; `examination` is the last round's."""

    settled: Settled
    examination: Examination


def mend(
    request: Request, applicabilities: Collection[Applicability], examine: Callable[[Request], Examination]
) -> Mended:
    """Apply the fixes of these kinds until none is left.

    `examine` lints one state of the project; only what it reports is mended, so that paths, suppressions, the
    baseline and `--since` hold for fixes as they do for findings.
    """
    from registry_lint.project.model import Project
    from registry_lint.request import gather
    from registry_lint.suggest.apply import fix_until_settled
    from registry_lint.suggest.neighbours import Neighbours

    gathered = gather(request)
    last: list[Examination] = []

    def analyse(corpus: Corpus) -> Sequence[Finding]:
        last[:] = [examine(dataclasses.replace(request, gathered=gathered._replace(corpus=corpus)))]
        return last[0].outcome.findings

    # Asked only when an import is about to go: whether another file takes the name from there.
    around = Neighbours(Project(gathered.corpus, request.settings))
    settled = fix_until_settled(analyse, gathered.corpus, applicabilities, surroundings=around)
    outcome = msgspec.structs.replace(last[0].outcome, fixed=len(settled.applied))
    return Mended(settled, last[0]._replace(outcome=outcome))

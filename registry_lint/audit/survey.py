"""One audit, read from top to bottom.

lint → who builds, who registers → who leads there → what stands around → how far contracts are kept
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from registry_lint.audit import roles, score, sites
from registry_lint.audit.lookup import Lookup, confidence
from registry_lint.audit.reach import Reach
from registry_lint.audit.records import (
    EntryPoint,
    FamilyCount,
    Finding,
    Limits,
    Registration,
    Report,
    Superseded,
)
from registry_lint.report.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.audit.records import Canonical, Construction, Function, Kept, Registry, Release, Tracker
    from registry_lint.findings import Outcome
    from registry_lint.project.entrypoints import EntryPoint as Entered
    from registry_lint.project.model import Project
    from registry_lint.request import Request


def take(request: Request, revision: str = "") -> Report:
    """Audit a project: the whole of it, known findings of a baseline included. Raises UserError."""
    from registry_lint.run import survey
    from registry_lint.version import version

    request = dataclasses.replace(request, baseline=None, suggest=False)
    examination, project = survey(request)
    lookup = Lookup(project, Sources(project.files.corpus.read))

    request.stage("counting registries")
    found = sites.sites(project)
    targets = sites.targets(project, found)
    numbers = {target: index for index, target in enumerate(targets)}
    built = sites.constructions(lookup, found, numbers)
    stored = sites.registrations(lookup, found, numbers)
    registries = sites.registries(lookup, found, built, stored)

    request.stage("following calls from entry points")
    reach = Reach(project.calls, targets)
    entered = project.entry_points.among(reach.between)
    reached, hops = reach.functions(lookup, entered)
    entries, functions = _leading(lookup, entered, reached, registries, built, stored)

    request.stage("looking around")
    trackers = roles.trackers(lookup)
    canonical = roles.canonical(lookup)
    releases = roles.releases(lookup, found)
    superseded = roles.superseded(lookup)
    findings = _findings(lookup, examination.outcome)
    contracts = _contracts(
        project, registries, built, stored, entries, trackers, canonical, releases, superseded, findings
    )
    return Report(
        project=request.root.name,
        revision=revision,
        version=version(),
        files=len(project.production),
        test_files=len(project.tests),
        score=score.score(tuple(contracts)),
        registries=registries,
        constructions=built,
        registrations=stored,
        functions=tuple(functions),
        hops=hops,
        entry_points=entries,
        trackers=trackers,
        lookalikes=roles.lookalikes(lookup),
        canonical=canonical,
        releases=releases,
        superseded=superseded,
        stand_ins=roles.stand_ins(lookup, found),
        findings=findings,
        limits=_limits(project, reach, examination.outcome),
    )


def _leading(
    lookup: Lookup,
    entered: Sequence[Entered],
    functions: Sequence[Function],
    registries: Sequence[Registry],
    built: Sequence[Construction],
    stored: Sequence[Registration],
) -> tuple[tuple[EntryPoint, ...], list[Function]]:
    """The entry points that lead anywhere, with what they lead to; and the functions, renumbered after them."""
    import msgspec

    used = sorted({entry for function in functions for entry in function.entries})
    renumbered = {old: new for new, old in enumerate(used)}
    functions = [
        msgspec.structs.replace(function, entries=tuple(renumbered[entry] for entry in function.entries))
        for function in functions
    ]
    records = []
    for old in used:
        here = {index for index, function in enumerate(functions) if renumbered[old] in function.entries}
        mine = [site for site in built if site.function in here]
        counts: dict[str, list[int]] = {}
        for site in mine:
            tally = counts.setdefault(registries[site.registry].family, [0, 0])
            tally[0] += 1
            tally[1] += site.standing == "past"
        entry = entered[old]
        symbol = lookup.node(entry.node)
        records.append(
            EntryPoint(
                label=_label(entry.label, symbol.name, entry.span.path),
                function=symbol.name,
                kind=entry.kind,
                framework=entry.framework,
                place=lookup.place(entry.span),
                confidence=confidence(entry.level),
                constructions=len(mine),
                registrations=sum(one.function in here for one in stored),
                families=tuple(FamilyCount(family, *tally) for family, tally in sorted(counts.items())),
            )
        )
    return tuple(records), functions


def _label(label: str, name: str, path: str) -> str:
    """`GET` alone (a route that is all in its router's prefix) says nothing: the function's name does, and where that
    is no more (`lifespan`), its file."""
    label = label.strip()
    if " " in label:
        return label
    return f"{label} {path}" if name.removesuffix("()") == label else f"{label} {name}"


def _findings(lookup: Lookup, outcome: Outcome) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=found.code,
            name=found.name,
            severity=found.severity,
            confidence=found.confidence,
            message=found.message,
            help=found.help or "",
            symbol=found.symbol,
            place=lookup.place(found.span),
            way=tuple(lookup.step(step) for step in found.trace),
            related=tuple(lookup.step(step) for step in found.related),
            fingerprint=found.fingerprint,
        )
        for found in outcome.findings
    )


def _contracts(
    project: Project,
    registries: Sequence[Registry],
    built: Sequence[Construction],
    stored: Sequence[Registration],
    entries: Sequence[EntryPoint],
    trackers: Sequence[Tracker],
    canonical: Sequence[Canonical],
    releases: Sequence[Release],
    superseded: Sequence[Superseded],
    findings: Sequence[Finding],
) -> Iterator[Kept]:
    stated = project.contracts
    roles_named = len(project.homes.named_by_role)
    yield score.of_constructions(registries, built)
    yield score.of_scopes(built, findings)
    yield score.of_entry_points(entries, findings)
    yield score.of_registrations(stored, findings)
    yield score.of_keys(stored, findings)
    yield from score.of_trackers(trackers)
    yield score.of_homes(roles_named, canonical)
    yield score.of_releases(releases)
    yield score.of_contracts(
        "superseded",
        "Superseded names are gone",
        "Names that the configuration calls superseded are used nowhere.",
        max(len(stated.superseded), len(superseded)) if stated.superseded else 0,
        findings,
        "REG503",
    )
    yield score.of_contracts(
        "forbidden",
        "What the project forbids is not done",
        "Uses that the configuration forbids do not occur.",
        len(stated.forbid),
        findings,
        "REG001",
    )


def _limits(project: Project, reach: Reach, outcome: Outcome) -> Limits:
    calls = unresolved = 0
    # A call by any other name leads nowhere that is told here. (To resolve all of them took two thirds of an audit.)
    names = frozenset(name for node in reach.between for name in project.calls.names_called(node))
    for node in sorted(reach.between, key=lambda node: node.path):  # file by file: facts are let go
        if project.files.facts(node.path) is not None:
            calls += len(project.calls.runs_in(node.path).calls.get(node, ()))
            unresolved += len(project.calls.unresolved(node, names))
    return Limits(
        calls=calls,
        unresolved_calls=unresolved,
        cut_short=tuple(sorted(project.calls.cut_short)),
        bounds=project.bounds,
        unexamined=tuple(f"{one.path}: {one.reason}" for one in outcome.unexamined),
    )

"""How far each contract is kept: "N of M sites keep it", from the inventory and from what the rules found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.audit.records import Kept, Place, Score, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.audit.records import (
        Canonical,
        Construction,
        EntryPoint,
        Finding,
        Registration,
        Registry,
        Release,
        Tracker,
    )


def score(contracts: Sequence[Kept]) -> Score:
    """All contracts that there is something to say of."""
    spoken = tuple(contract for contract in contracts if contract.sites)
    return Score(sum(each.kept for each in spoken), sum(each.sites for each in spoken), spoken)


def of_constructions(registries: Sequence[Registry], sites: Sequence[Construction]) -> Kept:
    """Registries that have a factory are built by it. A registry without one is nobody's mistake to construct."""
    bound = [site for site in sites if site.standing != "no-factory"]
    broken = [site for site in bound if site.standing == "past"]
    return _kept(
        "factories",
        "Registries come from their factories",
        "A registry that has a factory is built there and nowhere else.",
        len(bound),
        (Step(site.place, f"{registries[site.registry].name} is built past its factory") for site in broken),
    )


def of_scopes(sites: Sequence[Construction], findings: Sequence[Finding]) -> Kept:
    """A registry that serves one user, request or connection is told which."""
    told = [finding for finding in findings if finding.code == "REG102"]
    return _kept(
        "scopes",
        "Registries know whom they serve",
        "A registry that is built where one user, request or connection is served is tied to it.",
        len(sites) if told else 0,
        _at(sites, told, ("REG102",)),
    )


def of_entry_points(entries: Sequence[EntryPoint], findings: Sequence[Finding]) -> Kept:
    """One run does not build the same registry several times."""
    building = [entry for entry in entries if entry.constructions]
    places = {entry.place for entry in building}
    return _kept(
        "proliferation",
        "An entry point builds few registries of a kind",
        "What a request or command needs is built once and handed down.",
        len(building),
        _found(findings, ("REG107",), places),
    )


def of_registrations(sites: Sequence[Registration], findings: Sequence[Finding]) -> Kept:
    """What is registered is what the registry asks for."""
    return _kept(
        "values",
        "Registries are given what they ask for",
        "Instances where instances are asked for, tools where tools are, and no data schemas.",
        len(sites),
        _at(sites, findings, ("REG201", "REG202", "REG203", "REG204", "REG205")),
    )


def of_keys(sites: Sequence[Registration], findings: Sequence[Finding]) -> Kept:
    """What is registered can be found again by its name."""
    return _kept(
        "keys",
        "Keys name what they stand for",
        "A key is a stable name: not the name of a metaclass, not an identity, not a timestamp.",
        len(sites),
        _at(sites, findings, ("REG3",)),
    )


def of_trackers(trackers: Sequence[Tracker]) -> Iterator[Kept]:
    """Trackers are fetched, and cannot be built by mistake."""
    yield _kept(
        "accessors",
        "Trackers come from their accessors",
        "A tracker is fetched by its accessor, which keeps the one instance.",
        sum(tracker.constructions for tracker in trackers),
        (
            Step(place, f"{tracker.name} is built past {tracker.accessor.name}")
            for tracker in trackers
            for place in tracker.past_accessor
        ),
    )
    yield _kept(
        "guards",
        "Trackers refuse to be built directly",
        "The constructor of a tracker refuses calls that do not come from its accessor.",
        len(trackers),
        (
            Step(tracker.place, f"{tracker.name} can be built past {tracker.accessor.name}")
            for tracker in trackers
            if not tracker.guarded
        ),
    )


def of_homes(names: int, canonical: Sequence[Canonical]) -> Kept:
    """One name, one home; `names` counts the names that say a role or that a contract calls canonical."""
    return _kept(
        "homes",
        "One name, one home",
        "A class that has a role (registry, router, tracker …) is defined once.",
        max(names, sum(len(each.doubles) for each in canonical)),
        (
            Step(double.place, f"{double.name} is defined a second time; its home is {each.home.dotted}")
            for each in canonical
            for double in each.doubles
        ),
    )


def of_releases(releases: Sequence[Release]) -> Kept:
    """What releases a registry is called by somebody."""
    return _kept(
        "releases",
        "Release paths are called",
        "A function that empties or closes a registry or tracker is called by somebody.",
        len(releases),
        (Step(each.place, f"nobody calls {each.name}") for each in releases if each.orphan),
    )


def of_contracts(contract: str, title: str, sentence: str, stated: int, findings: Sequence[Finding], code: str) -> Kept:
    """Contracts of the user's own: each is kept where nothing breaks it."""
    broken = [Step(each.place, each.message, each.symbol) for each in findings if each.code == code]
    return _kept(contract, title, sentence, max(stated, len(broken)) if stated else 0, broken if stated else ())


def _kept(contract: str, title: str, sentence: str, sites: int, broken: Iterator[Step] | Sequence[Step]) -> Kept:
    steps = tuple(sorted(dict.fromkeys(broken), key=lambda step: (step.place, step.message)))
    return Kept(contract, title, sentence, max(sites - len(steps), 0), sites, steps)


def _found(findings: Sequence[Finding], codes: tuple[str, ...], places: set[Place]) -> Iterator[Step]:
    for finding in findings:
        if finding.code.startswith(codes) and finding.place in places:
            yield Step(finding.place, finding.message, finding.symbol)


def _at(
    sites: Sequence[Registration | Construction], findings: Sequence[Finding], codes: tuple[str, ...]
) -> Iterator[Step]:
    """The sites that a finding of these codes is about: its way ends there, or it stands there."""
    told: dict[Place, Finding] = {}
    for finding in findings:
        if finding.code.startswith(codes):
            for place in (finding.place, *(step.place for step in finding.way[-1:])):
                told.setdefault(place, finding)
    rows = {(place.path, place.row): finding for place, finding in told.items()}
    for site in sites:
        about = told.get(site.place) or rows.get((site.place.path, site.place.row))
        if about is not None:
            yield Step(site.place, about.message, about.symbol)

"""What stands around registries: trackers and accessors, schemas that look like tools, names with several homes,
release paths, superseded names, and the classes of tests that take a registry's place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.audit.lookup import confidence
from registry_lint.audit.records import (
    Canonical,
    Lookalike,
    Place,
    Release,
    StandIn,
    Step,
    Superseded,
    Tracker,
)
from registry_lint.facts import records as facts
from registry_lint.project.domain import CERTAIN, LIKELY, ClassRef, FunctionRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.lookup import Lookup
    from registry_lint.audit.sites import Sites
    from registry_lint.project.model import Project
    from registry_lint.project.trackers import Tracker as Tracked

_TOOL_NAME = re.compile(r"\w*Tool(?:Model|Schema|Spec|Definition|Base)?")
_TOOL_HEADER = re.compile(rb"class\s+\w*Tool\w*\s*\(")
_RELEASE = (
    r"(?:async_|a)?(?:release|cleanup|clean_up|close|aclose|shutdown|shut_down|dispose|teardown|tear_down|destroy"
    r"|disconnect|clear|reset|stop)(?:_\w+)?"
)
_RELEASING = re.compile(_RELEASE)
_RELEASING_HEADER = re.compile(rb"def\s+" + _RELEASE.encode() + rb"\s*\(")
_OF_REGISTRIES = re.compile(r"registr|tracker", re.IGNORECASE)
_STANDING_IN = re.compile(r"_*(?:Mock|Fake|Stub|Dummy|Spy|Test|InMemory|NoOp|Null)(\w+?)\d*")


# --- trackers ------------------------------------------------------------------------------------------------


def trackers(lookup: Lookup) -> tuple[Tracker, ...]:
    """Classes behind an accessor, and who makes one past it."""
    return tuple(_tracker(lookup, tracked) for tracked in lookup.project.trackers.all.values())


def _tracker(lookup: Lookup, tracked: Tracked) -> Tracker:
    project = lookup.project
    built = [
        (path, call)
        for path, call in sorted(project.trackers.constructions(tracked))
        if not project.settings.is_test(path)
    ]
    past = tuple(lookup.at(path, call) for path, call in built if not _is_at_home(project, tracked, path, call))
    symbol = lookup.class_(tracked.ref)
    return Tracker(
        name=symbol.name,
        dotted=symbol.dotted,
        place=symbol.place,
        accessor=lookup.function(tracked.accessor),
        locked=_takes_lock(project, tracked.accessor),
        guarded=tracked.guarded,
        constructions=len(built),
        past_accessor=past,
    )


def _is_at_home(project: Project, tracked: Tracked, path: str, call: facts.ExprId) -> bool:
    function = project.function_of(path, call)
    if function is None:
        return path == tracked.ref.path
    owner = project.classes.owner(function)
    return function == tracked.accessor or (owner is not None and project.classes.derives(owner, tracked.ref))


def _takes_lock(project: Project, function: FunctionRef) -> bool:
    """Whether a function has a `with` over a lock, or calls its `acquire`."""
    file = project.facts_of(function.path)
    scope = file.functions[function.id].scope
    for block in file.blocks:
        if block.kind == "with" and block.scope == scope:
            for header in block.headers:
                if project.singletons.locks.is_lock(function.path, header):
                    return True
    return any(file.blocks[file.expression_blocks[call]].scope == scope for call in file.calls.get("acquire", ()))


# --- schemas -------------------------------------------------------------------------------------------------


def lookalikes(lookup: Lookup) -> tuple[Lookalike, ...]:
    """Data schemas that are called like a tool, or that are registered where tools belong."""
    project = lookup.project
    why: dict[ClassRef, str] = {}
    for arrival in project.arrivals.values:
        of = arrival.of
        if isinstance(of, ClassRef) and project.kinds.is_schema(of) and project.wants.holds_tools(arrival.registration):
            why.setdefault(of, f"registered in {project.classes.name(arrival.registration.registry)}")
    registered = frozenset(why)
    for path, _ in project.files.matching("Tool", _TOOL_HEADER):
        file = project.files.facts(path)
        for index, record in enumerate(file.classes if file and not project.settings.is_test(path) else ()):
            ref = ClassRef(path, index)
            if _TOOL_NAME.fullmatch(record.name) and project.kinds.is_schema(ref):
                why.setdefault(ref, "called like a tool")
    records = []
    for ref, reason in sorted(why.items()):
        symbol = lookup.class_(ref)
        records.append(Lookalike(symbol.name, symbol.dotted, symbol.place, reason, ref in registered))
    return tuple(records)


# --- homes ---------------------------------------------------------------------------------------------------


def canonical(lookup: Lookup) -> tuple[Canonical, ...]:
    """Names that ought to have one home: those of contracts, and those for which the code shows two in use."""
    project = lookup.project
    doubles: dict[ClassRef, dict[ClassRef, None]] = {home: {} for home in project.homes.canonical}
    for home in project.homes.canonical:
        doubles[home].update(dict.fromkeys(project.homes.second_homes(home)))
    for second, home in project.homes.rivals:
        if second not in doubles:
            doubles.setdefault(home, {})[second] = None
    records = []
    for home, others in sorted(doubles.items()):
        symbol = lookup.class_(home)
        second_homes = tuple(lookup.class_(other) for other in sorted(others))
        records.append(Canonical(symbol.name, symbol, home in project.homes.canonical, second_homes))
    return tuple(records)


# --- release -------------------------------------------------------------------------------------------------


def releases(lookup: Lookup, found: Sites) -> tuple[Release, ...]:
    """Methods of registries and trackers that empty or close them, functions that do so by name, and their callers."""
    project = lookup.project
    names = frozenset(project.contracts.release_names)
    of: dict[FunctionRef, str] = {}
    owners = [ref for ref in found.registries if project.registries.all[ref].named]
    for owner in (*owners, *project.trackers.all):
        record = project.classes.record(owner)
        for name, functions in record.methods.items():
            if name in names or _RELEASING.fullmatch(name):
                of.setdefault(FunctionRef(owner.path, functions[-1]), record.name)
    for path, _ in project.files.matching("def", _RELEASING_HEADER):
        file = project.files.facts(path) if _may_release(project, path) else None
        for index, function in enumerate(file.functions if file and not project.settings.is_test(path) else ()):
            if function.class_ != facts.NONE or not (_RELEASING.fullmatch(function.name) or function.name in names):
                continue
            if _OF_REGISTRIES.search(function.name):
                of.setdefault(FunctionRef(path, index), "")
    orphans = {orphan.function: orphan.releases for orphan in project.releases.orphans}
    for orphan, released in orphans.items():
        of.setdefault(orphan, released)
    return tuple(_release(lookup, release, owner, release in orphans) for release, owner in sorted(of.items()))


def _may_release(project: Project, path: str) -> bool:
    return re.search(rb"def\s+\w*(?:registr|tracker)\w*\s*\(", project.files.read(path), re.IGNORECASE) is not None


def _release(lookup: Lookup, function: FunctionRef, owner: str, orphan: bool) -> Release:
    project = lookup.project
    symbol = lookup.function(function)
    edges = (*project.calls.callers(function), *project.calls.references(function))
    callers = {
        Step(lookup.at(edge.path, edge.expr), f"{edge.how} in {project.calls.called(edge.source)}")
        for edge in edges
        if edge.source != function
    }
    told = tuple(sorted(callers, key=lambda one: (one.place, one.message)))
    return Release(symbol.name, symbol.dotted, symbol.place, owner, told, orphan)


# --- names and stand-ins -------------------------------------------------------------------------------------


def superseded(lookup: Lookup) -> tuple[Superseded, ...]:
    """Uses of names that the configuration calls superseded."""
    return tuple(
        Superseded(
            use.old,
            use.contract.replacement,
            use.how,
            lookup.place(use.span),
            confidence(CERTAIN if use.sure else LIKELY),
        )
        for use in lookup.project.superseded.all
    )


def stand_ins(lookup: Lookup, found: Sites) -> tuple[StandIn, ...]:
    """Classes of tests whose name says that they stand in for a registry or tracker of production code."""
    project = lookup.project
    real = {project.classes.name(ref) for ref in found.registries if project.registries.all[ref].named}
    real |= {project.classes.name(ref) for ref in project.trackers.all}
    return tuple(sorted(_standing_in(project, real), key=lambda one: (one.place, one.name)))


def _standing_in(project: Project, real: set[str]) -> Iterator[StandIn]:
    for name, headers in project.files.test_sieve.classes_like(re.compile(r".+", re.DOTALL)).items():
        match = _STANDING_IN.fullmatch(name)
        of = name if name in real else match[1] if match and match[1] in real else ""
        for header in headers if of else ():
            pattern = re.compile(rb"class\s+" + re.escape(name.encode()) + rb"\b")
            for index, line in enumerate(project.files.read(header.path).splitlines()):
                found = pattern.search(line)
                if found and not line.lstrip().startswith(b"#"):
                    yield StandIn(name, Place(header.path, index + 1, found.start() + 1), of)

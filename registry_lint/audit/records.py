"""What an audit says: the report that is printed, published as JSON, compared and drawn.

Everything is frozen and made of plain values. Paths are POSIX and relative to the project's root, rows and columns
count from 1, columns in characters. Where a record names another one by a number, that is its index in the report's
list of that name. The order of every list is fixed by the code that was read, never by the clock.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from registry_lint.findings import Confidence, Severity

FORMAT: Final = 1  # raised when a report of an older version could no longer be read

Standing = Literal[
    "factory",  # in a factory of the class, or in the class itself
    "allowed",  # at home, in a subclass, or where a contract allows it
    "no-factory",  # there is no factory that could have been called
    "past",  # past the factory
]
Held = Literal["instance", "class", "function", "text", "unknown"]
Kind = Literal["tool", "schema", "other", ""]
Reached = Literal["reached", "at-import", "unreached"]


class Place(msgspec.Struct, frozen=True, order=True):
    """A place in a file."""

    path: str
    row: int
    column: int


class Symbol(msgspec.Struct, frozen=True, order=True):
    """A class or function: as a person would write it, as it can be imported, and where it is defined."""

    name: str
    dotted: str
    place: Place


class Step(msgspec.Struct, frozen=True):
    """One step on a way."""

    place: Place
    message: str
    symbol: str = ""  # the function or class around it; "" at module level


class Registry(msgspec.Struct, frozen=True):
    """A registry class. `family` is the dotted name of the class that its family is called after."""

    name: str
    dotted: str
    place: Place
    family: str
    by_name: bool  # a registry by its name or a contract; else by a method that fills a table of its own
    configured: bool  # a contract of the configuration speaks of it
    methods: tuple[str, ...]  # that register
    factories: tuple[Symbol, ...]
    scope: str  # the constructor's parameter that ties it to one user, request or connection; "" without one
    constructions: int
    past_factory: int
    registrations: int


class Hop(msgspec.Struct, frozen=True):
    """One call on a way: who is called, how, and where the call stands."""

    name: str
    how: str
    place: Place
    level: Confidence


class Function(msgspec.Struct, frozen=True):
    """A function (or the body of a module) that builds a registry or registers something."""

    name: str
    dotted: str
    place: Place
    is_module: bool
    reached: Reached
    entries: tuple[int, ...]  # the entry points that lead here: the sure ones, then the others, the nearest first
    sure: int  # the ways from so many of `entries`, the first, are made of calls alone; on the others an overriding
    # method, a callback or a decorator may or may not run
    starts: tuple[int, ...]  # for each of `entries`, the first of `steps` on its shortest way; -1 where it is the end
    steps: tuple[tuple[int, int], ...]  # a call among the report's `hops`, and the step behind it; -1 at the end


class EntryPoint(msgspec.Struct, frozen=True):
    """Where something outside of the program begins to run it, and what it leads to."""

    label: str
    function: str  # as a person would write it; the path of a script
    kind: str
    framework: str
    place: Place
    confidence: Confidence
    constructions: int  # places that build a registry and can be reached
    registrations: int
    families: tuple[FamilyCount, ...]


class FamilyCount(msgspec.Struct, frozen=True):
    """How many places that build a registry of one family an entry point leads to."""

    family: str
    constructions: int
    past_factory: int


class Construction(msgspec.Struct, frozen=True):
    """A place that builds a registry."""

    registry: int
    function: int
    place: Place
    code: str  # the source on its first line
    how: str  # "call", "default_factory"
    standing: Standing
    confidence: Confidence
    label: str  # the literal text that tells this instance apart; "" without one


class Registration(msgspec.Struct, frozen=True):
    """A place that puts something into a registry."""

    registry: int
    function: int
    place: Place
    code: str
    method: str
    key: str  # the source of the key; "" where the method finds it
    what: str  # the names of the classes or functions that arrive; "" where that stayed unknown
    held: Held
    kind: Kind
    confidence: Confidence


class Tracker(msgspec.Struct, frozen=True):
    """A class behind an accessor."""

    name: str
    dotted: str
    place: Place
    accessor: Symbol
    locked: bool  # the accessor takes a lock before it makes the instance
    guarded: bool  # the constructor refuses direct calls
    constructions: int  # places that make one, the accessor's included
    past_accessor: tuple[Place, ...]


class Lookalike(msgspec.Struct, frozen=True):
    """A data schema that looks like a tool, by its name or by standing where tools are registered."""

    name: str
    dotted: str
    place: Place
    why: str
    registered: bool


class Canonical(msgspec.Struct, frozen=True):
    """A name that ought to have one home, and the other definitions that it has."""

    name: str
    home: Symbol
    configured: bool
    doubles: tuple[Symbol, ...]


class Release(msgspec.Struct, frozen=True):
    """A function that empties or closes a registry or tracker, and who calls it."""

    name: str
    dotted: str
    place: Place
    of: str
    callers: tuple[Step, ...]  # that were resolved
    orphan: bool  # nothing calls it: no resolved caller, and none by a name, a decorator or a base class


class Superseded(msgspec.Struct, frozen=True):
    """A use of a name that something newer replaces."""

    name: str
    replacement: str
    how: str
    place: Place
    confidence: Confidence


class StandIn(msgspec.Struct, frozen=True):
    """A class of the tests that takes the place of a registry or tracker."""

    name: str
    place: Place
    of: str


class Finding(msgspec.Struct, frozen=True):
    """What a rule found. `functions` are those on its way; the fingerprint survives moved lines."""

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    help: str
    symbol: str
    place: Place
    way: tuple[Step, ...]
    related: tuple[Step, ...]
    fingerprint: str


class Kept(msgspec.Struct, frozen=True):
    """How far one contract is kept: `kept` of `sites` places keep it; `broken` are the others."""

    contract: str
    title: str
    sentence: str
    kept: int
    sites: int
    broken: tuple[Step, ...]


class Score(msgspec.Struct, frozen=True):
    """How far all contracts together are kept."""

    kept: int
    sites: int
    contracts: tuple[Kept, ...]


class Limits(msgspec.Struct, frozen=True):
    """What the analysis did not see, so that nobody takes silence for an answer."""

    calls: int  # in the functions on the ways
    unresolved_calls: int  # of these, calls by the name of such a function whose callee stayed unknown
    cut_short: tuple[str, ...]  # names that are called too often to be followed backward
    bounds: tuple[str, ...]
    unexamined: tuple[str, ...]


class Change(msgspec.Struct, frozen=True):
    """Something that was added, is gone, is done otherwise, or stands elsewhere (`before` is where it stood)."""

    change: Literal["added", "gone", "changed", "moved"]
    what: str  # the report's list
    text: str
    place: Place
    before: Place | None = None


class Trend(msgspec.Struct, frozen=True):
    """A number then and now."""

    name: str
    before: int
    now: int
    better: Literal["more", "fewer", "neither"]


class Earlier(msgspec.Struct, frozen=True):
    """An earlier report beside this one."""

    label: str  # the revision or the file's name
    score: Score
    trends: tuple[Trend, ...]
    changes: tuple[Change, ...]


class Report(msgspec.Struct, frozen=True):
    """One audit."""

    project: str
    revision: str  # the commit, where a revision was asked for; else ""
    version: str  # of registry-lint
    files: int  # of production code
    test_files: int
    score: Score
    registries: tuple[Registry, ...]
    constructions: tuple[Construction, ...]
    registrations: tuple[Registration, ...]
    functions: tuple[Function, ...]
    hops: tuple[Hop, ...]  # the calls on the ways
    entry_points: tuple[EntryPoint, ...]
    trackers: tuple[Tracker, ...]
    lookalikes: tuple[Lookalike, ...]
    canonical: tuple[Canonical, ...]
    releases: tuple[Release, ...]
    superseded: tuple[Superseded, ...]
    stand_ins: tuple[StandIn, ...]
    findings: tuple[Finding, ...]
    limits: Limits
    earlier: Earlier | None = None
    format: int = FORMAT

    def way(self, function: Function, entry: int = 0) -> tuple[Hop, ...]:
        """The shortest way to a function from one of its entry points, by the place of that in its `entries`."""
        found = []
        at = function.starts[entry]
        while at >= 0:
            hop, at = function.steps[at]
            found.append(self.hops[hop])
        return tuple(found)

    @property
    def families(self) -> dict[str, list[int]]:
        """The indexes of the registries of each family, families in the order of their names."""
        found: dict[str, list[int]] = {}
        for index, registry in enumerate(self.registries):
            found.setdefault(registry.family, []).append(index)
        return dict(sorted(found.items()))

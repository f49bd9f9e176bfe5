"""Two audits side by side: what was added, what is gone, what moved, and which numbers rose or fell.

A site is known again without its line: a construction by its registry, its function and its order there. Two that
differ in how they are done have changed; of what has no counterpart, two that differ in the file or function moved.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.audit.records import FORMAT, Change, Earlier, Place, Report, Trend
from registry_lint.errors import Mistake, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Literal

    from registry_lint.audit.records import Construction, Registration
    from registry_lint.request import Request

_LISTS = (
    "constructions", "registrations", "registries", "trackers", "doubles", "releases", "superseded", "findings",
    "stand_ins",
)  # fmt: skip
_LARGEST_REPORT = 512 * 1024 * 1024  # bytes


class _Item(NamedTuple):
    """Something that is compared: `thing` is what it is, `where` the file and function that it stands in, `state` how
    it is done there."""

    what: str
    thing: str
    where: str
    state: str
    text: str
    place: Place


def beside(now: Report, before: Report, label: str) -> Report:
    """A report with an earlier one beside it."""
    changes = tuple(
        sorted(
            _changes(list(_items(before)), list(_items(now))),
            key=lambda change: (_LISTS.index(change.what), change.change, change.place, change.text),
        )
    )
    if before.version != now.version:
        label = f"{label}, made by registry-lint {before.version}"
    earlier = Earlier(label, before.score, tuple(_trends(before, now)), changes)
    return msgspec.structs.replace(now, earlier=earlier)


def read(file: Path) -> Report:
    """An earlier report, as `--output-format json` wrote it. Raises UserError."""
    try:
        if file.stat().st_size > _LARGEST_REPORT:
            raise UserError(Mistake("this is too large for a report of an audit", path=str(file)))
        content = file.read_bytes()
    except OSError as error:
        raise UserError(Mistake(f"the report cannot be read: {error.strerror}", path=str(file))) from error
    try:
        report = msgspec.json.decode(content, type=Report)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UserError(
            Mistake(
                f"this is no report of `audit --output-format json`: {error}",
                path=str(file),
                hint="make one with `registry-lint audit --output-format json -o FILE`",
            )
        ) from error
    if report.format != FORMAT:
        raise UserError(Mistake(f"this report has format {report.format}; {FORMAT} is read", path=str(file)))
    wrong = _dangling(report)
    if wrong:
        raise UserError(Mistake(f"this report contradicts itself: {wrong}", path=str(file)))
    return report


def _dangling(report: Report) -> str:
    """A number that names no entry of its list: only a file that was made by hand has one."""
    sites: list[Construction | Registration] = [*report.constructions, *report.registrations]
    if any(not 0 <= site.registry < len(report.registries) for site in sites):
        return "a site names a registry that is not there"
    if any(not 0 <= site.function < len(report.functions) for site in sites):
        return "a site names a function that is not there"
    for function in report.functions:
        if any(not 0 <= entry < len(report.entry_points) for entry in function.entries):
            return "a function names an entry point that is not there"
        if len(function.entries) != len(function.starts) or any(at >= len(function.steps) for at in function.starts):
            return "a function's ways begin nowhere"
        for at, (hop, following) in enumerate(function.steps):
            if not 0 <= hop < len(report.hops) or following >= at:  # steps that lead back would never end
                return "a way goes over a call that is not there"
    return ""


def take_revision(request: Request, revision: str) -> Report:
    """The audit of a revision, read from git's objects: the work tree is not touched. Raises UserError."""
    import dataclasses

    from registry_lint.audit.survey import take
    from registry_lint.request import whole
    from registry_lint.source import git
    from registry_lint.source.corpus import GitCorpus
    from registry_lint.source.excludes import left_out, packages_among

    commit = git.commit(request.root, revision)
    with GitCorpus(request.root, commit) as everything:
        is_left_out = left_out(request.settings, packages_among(frozenset(everything.paths)))
        paths = [path for path in everything.paths if not is_left_out(path)]
    with GitCorpus(request.root, commit, paths) as corpus:
        return take(dataclasses.replace(request, gathered=whole(corpus), positions=None), revision=commit)


# --- items ---------------------------------------------------------------------------------------------------


def _items(report: Report) -> Iterator[_Item]:
    for registry in report.registries:
        yield _Item("registries", registry.name, registry.place.path, "", registry.name, registry.place)
    for site in report.constructions:
        name, function = report.registries[site.registry].name, report.functions[site.function].name
        where = f"{site.place.path}:{function}"
        yield _Item("constructions", name, where, site.standing, f"{site.code} in {function}", site.place)
    for one in report.registrations:
        name, function = report.registries[one.registry].name, report.functions[one.function].name
        where = f"{one.place.path}:{function}"
        yield _Item("registrations", name, where, one.code, f"{one.code} in {function}", one.place)
    for tracker in report.trackers:
        state = f"{'guarded' if tracker.guarded else 'open'}, {'locked' if tracker.locked else 'not locked'}"
        text = f"{tracker.name} ({state})"
        yield _Item("trackers", tracker.name, tracker.place.path, state, text, tracker.place)
    for each in report.canonical:
        for double in each.doubles:
            text = f"{double.name} beside {each.home.dotted}"
            yield _Item("doubles", double.name, double.place.path, "", text, double.place)
    for release in report.releases:
        state = "never called" if release.orphan else "called"
        text = f"{release.name} ({state})"
        yield _Item("releases", release.name, release.place.path, state, text, release.place)
    for use in report.superseded:
        yield _Item("superseded", use.name, use.place.path, use.how, f"{use.name} ({use.how})", use.place)
    for stand_in in report.stand_ins:
        yield _Item("stand_ins", stand_in.name, stand_in.place.path, "", stand_in.name, stand_in.place)
    for finding in report.findings:
        where, text = f"{finding.place.path}:{finding.symbol}", f"{finding.code} {finding.message}"
        yield _Item("findings", finding.code, where, finding.message, text, finding.place)


def _changes(before: list[_Item], now: list[_Item]) -> Iterator[Change]:
    pairs: list[tuple[_Item, _Item]] = []
    for key in _KEYS:
        before, now, found = _paired(before, now, key)
        pairs += found
    for old, new in pairs:
        if old.where != new.where:
            yield Change("moved", new.what, new.text, new.place, old.place)
        elif old.state != new.state:
            yield Change("changed", new.what, f"{old.text} → {new.text}", new.place, old.place)
    for item in before:
        yield Change("gone", item.what, item.text, item.place)
    for item in now:
        yield Change("added", item.what, item.text, item.place)


# By what a thing is known again, the surest first: where it was; in a function of that name elsewhere; in another
# function of that file; anywhere.
_KEYS: tuple[Callable[[_Item], tuple[str, ...]], ...] = (
    lambda item: (item.where, item.state),
    lambda item: (item.where,),
    lambda item: (item.where.partition(":")[2], item.state),
    lambda item: (item.where.partition(":")[0], item.state),
    lambda item: (item.state,),
)


def _paired(
    before: list[_Item], now: list[_Item], key: Callable[[_Item], tuple[str, ...]]
) -> tuple[list[_Item], list[_Item], list[tuple[_Item, _Item]]]:
    """What is left of both sides, and the pairs of equal things that agree in a key, in their order."""
    waiting: defaultdict[tuple[str, ...], deque[_Item]] = defaultdict(deque)
    for item in before:
        waiting[(item.what, item.thing, *key(item))].append(item)
    pairs: list[tuple[_Item, _Item]] = []
    added = []
    for item in now:
        candidates = waiting.get((item.what, item.thing, *key(item)))
        if candidates:
            pairs.append((candidates.popleft(), item))
        else:
            added.append(item)
    return [item for items in waiting.values() for item in items], added, pairs


# --- numbers -------------------------------------------------------------------------------------------------


def _trends(before: Report, now: Report) -> Iterator[Trend]:
    numbers: tuple[tuple[str, Literal["more", "fewer", "neither"]], ...] = (
        ("production files", "neither"),
        ("registry classes", "neither"),
        ("places that build a registry", "neither"),
        ("built past a factory", "fewer"),
        ("registrations", "neither"),
        ("registered classes", "neither"),
        ("registered data schemas", "fewer"),
        ("trackers", "neither"),
        ("guarded trackers", "more"),
        ("second homes of one name", "fewer"),
        ("release paths that nobody calls", "fewer"),
        ("uses of superseded names", "fewer"),
        ("findings", "fewer"),
        ("errors", "fewer"),
    )
    for (name, better), old, new in zip(numbers, counts(before), counts(now), strict=True):
        yield Trend(name, old, new, better)


def counts(report: Report) -> tuple[int, ...]:
    """The numbers that trends are told of, in their order."""
    return (
        report.files,
        len(report.registries),
        len(report.constructions),
        sum(site.standing == "past" for site in report.constructions),
        len(report.registrations),
        sum(one.held == "class" for one in report.registrations),
        sum(one.kind == "schema" for one in report.registrations),
        len(report.trackers),
        sum(tracker.guarded for tracker in report.trackers),
        sum(len(each.doubles) for each in report.canonical),
        sum(release.orphan for release in report.releases),
        len(report.superseded),
        len(report.findings),
        sum(finding.severity == "error" for finding in report.findings),
    )

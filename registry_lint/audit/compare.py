"""Two audits side by side: what was added, what is gone, what moved, and which numbers rose or fell.

A site is known again without its line: a construction by its registry, its function and its order there. Of what has
no counterpart, two that differ in the file or in the function alone have moved.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.audit.records import FORMAT, Change, Earlier, Place, Report, Trend
from registry_lint.errors import Mistake, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Literal

    from registry_lint.audit.records import Construction, Registration
    from registry_lint.request import Request

_LARGEST_REPORT = 512 * 1024 * 1024  # bytes


class _Item(NamedTuple):
    """Something that is compared: `thing` is what it is, `where` the function or module that it stands in."""

    what: str
    thing: str
    where: str
    text: str
    place: Place


def beside(now: Report, before: Report, label: str) -> Report:
    """A report with an earlier one beside it."""
    changes = tuple(
        sorted(
            _changes(list(_items(before)), list(_items(now))),
            key=lambda change: (change.what, change.change, change.place, change.text),
        )
    )
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
    entries = (entry for function in report.functions for entry in function.entries)
    if any(not 0 <= entry < len(report.entry_points) for entry in entries):
        return "a function names an entry point that is not there"
    return ""


def take_revision(request: Request, revision: str) -> Report:
    """The audit of a revision, read from git's objects: the work tree is not touched. Raises UserError."""
    import dataclasses

    from registry_lint.audit.survey import take
    from registry_lint.request import whole
    from registry_lint.source import git
    from registry_lint.source.corpus import GitCorpus

    commit = git.commit(request.root, revision)
    with GitCorpus(request.root, commit) as everything:
        paths = [path for path in everything.paths if not _is_left_out(path, request)]
    with GitCorpus(request.root, commit, paths) as corpus:
        return take(dataclasses.replace(request, gathered=whole(corpus), positions=None), revision=commit)


def _is_left_out(path: str, request: Request) -> bool:
    folder = path.rpartition("/")[0]
    settings = request.settings
    return settings.is_excluded(path) or bool(folder and settings.is_excluded(folder, folder=True))


# --- items ---------------------------------------------------------------------------------------------------


def _items(report: Report) -> Iterator[_Item]:
    for registry in report.registries:
        yield _Item("registries", registry.name, registry.place.path, registry.name, registry.place)
    for site in report.constructions:
        registry = report.registries[site.registry]
        where = f"{site.place.path}:{report.functions[site.function].name}"
        thing = f"{registry.name}\0{site.standing}"
        yield _Item("constructions", thing, where, f"{site.code} in {report.functions[site.function].name}", site.place)
    for one in report.registrations:
        function = report.functions[one.function].name
        thing = f"{report.registries[one.registry].name}\0{one.code}"
        yield _Item("registrations", thing, f"{one.place.path}:{function}", f"{one.code} in {function}", one.place)
    for tracker in report.trackers:
        thing = f"{tracker.name}\0{tracker.guarded}\0{tracker.locked}"
        state = "guarded" if tracker.guarded else "open"
        yield _Item("trackers", thing, tracker.place.path, f"{tracker.name} ({state})", tracker.place)
    for each in report.canonical:
        for double in each.doubles:
            yield _Item("doubles", double.name, double.place.path, f"{double.name} beside {each.home.dotted}", double.place)
    for release in report.releases:
        text = f"{release.name} ({'called' if release.callers else 'never called'})"
        yield _Item("releases", f"{release.name}\0{bool(release.callers)}", release.place.path, text, release.place)
    for use in report.superseded:
        yield _Item("superseded", use.name, use.place.path, f"{use.name} ({use.how})", use.place)
    for stand_in in report.stand_ins:
        yield _Item("stand_ins", stand_in.name, stand_in.place.path, stand_in.name, stand_in.place)
    for finding in report.findings:
        where = f"{finding.place.path}:{finding.symbol}"
        text = f"{finding.code} {finding.message}"
        yield _Item("findings", f"{finding.code}\0{finding.message}", where, text, finding.place)


def _changes(before: list[_Item], now: list[_Item]) -> Iterator[Change]:
    gone, added = _unmatched(before, now, lambda item: (item.what, item.thing, item.where))
    gone, added, moved = _pairs(gone, added)
    for old, new in moved:
        yield Change("moved", new.what, new.text, new.place, old.place)
    for item in gone:
        yield Change("gone", item.what, item.text, item.place)
    for item in added:
        yield Change("added", item.what, item.text, item.place)


def _unmatched(before: Iterable[_Item], now: Iterable[_Item], key: Callable[[_Item], tuple[str, ...]]) -> tuple[list[_Item], list[_Item]]:
    left: defaultdict[tuple[str, ...], list[_Item]] = defaultdict(list)
    for item in before:
        left[key(item)].append(item)
    added = []
    for item in now:
        if left[key(item)]:
            left[key(item)].pop(0)
        else:
            added.append(item)
    return [item for items in left.values() for item in items], added


def _pairs(gone: list[_Item], added: list[_Item]) -> tuple[list[_Item], list[_Item], list[tuple[_Item, _Item]]]:
    """The same thing elsewhere: first where the function has kept its name, then where the file has kept its."""
    moved: list[tuple[_Item, _Item]] = []
    for part in _PARTS:
        left: defaultdict[tuple[str, str, str], list[_Item]] = defaultdict(list)
        for item in gone:
            left[item.what, item.thing, part(item.where)].append(item)
        rest = []
        for item in added:
            candidates = left[item.what, item.thing, part(item.where)]
            if candidates:
                moved.append((candidates.pop(0), item))
            else:
                rest.append(item)
        added = rest
        taken = {id(old) for old, _ in moved}
        gone = [item for item in gone if id(item) not in taken]
    return gone, added, moved


_PARTS: tuple[Callable[[str], str], ...] = (
    lambda where: where.partition(":")[2],
    lambda where: where.partition(":")[0],
    lambda _: "",
)


# --- numbers -------------------------------------------------------------------------------------------------


def _trends(before: Report, now: Report) -> Iterator[Trend]:
    numbers: tuple[tuple[str, Literal["more", "fewer", "neither"]], ...] = (
        ("production files", "neither"),
        ("registry classes", "neither"),
        ("places that build a registry", "neither"),
        ("of these past the factory", "fewer"),
        ("registrations", "neither"),
        ("of these classes", "neither"),
        ("of these data schemas", "fewer"),
        ("trackers", "neither"),
        ("of these guarded", "more"),
        ("second homes of one name", "fewer"),
        ("release paths that nobody calls", "fewer"),
        ("uses of superseded names", "fewer"),
        ("findings", "fewer"),
        ("errors among them", "fewer"),
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
        sum(not release.callers for release in report.releases),
        len(report.superseded),
        len(report.findings),
        sum(finding.severity == "error" for finding in report.findings),
    )

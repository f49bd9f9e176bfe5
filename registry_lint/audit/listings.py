"""The lists of the inventory as tables: what there is, apart from what is wrong with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from registry_lint.audit.cells import Cell, Table, counted, number, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.records import Release, Report


def listings(report: Report) -> Iterator[Table]:
    """All of them, the most important first."""
    yield _registrations(report)
    yield _registries(report)
    yield _trackers(report)
    yield _canonical(report)
    yield _lookalikes(report)
    yield _releases(report)
    yield _superseded(report)
    yield _stand_ins(report)
    yield _constructions(report)
    yield _unreached(report)


def _registrations(report: Report) -> Table:
    rows = []
    for index, registry in enumerate(report.registries):
        mine = [one for one in report.registrations if one.registry == index]
        if mine:
            held = Counter(one.held for one in mine)
            kinds = Counter(one.kind for one in mine)
            counts = (held["instance"], held["class"], held["function"], held["unknown"] + held["text"])
            rows.append(
                (
                    Cell(registry.name, registry.place),
                    number(len(mine)),
                    *map(number, counts),
                    number(kinds["tool"]),
                    number(kinds["schema"]),
                )
            )
    rows.sort(key=lambda row: -int(row[1].text.replace(",", "")))
    return Table(
        "Registrations",
        "What is put into each registry, as far as values could be followed.",
        ("registry", "all", "instances", "classes", "functions", "unknown", "tools", "schemas"),
        tuple(rows),
        (0,),
    )


def _registries(report: Report) -> Table:
    order = sorted(
        report.registries, key=lambda registry: (not registry.by_name, -registry.constructions, registry.dotted)
    )
    rows = tuple(
        (
            Cell(registry.name),
            Cell(registry.family.rpartition(".")[2]),
            number(registry.constructions),
            number(registry.past_factory),
            number(registry.registrations),
            Cell(", ".join(factory.name for factory in registry.factories) or "-"),
            Cell(registry.scope or "-"),
            where(registry.place),
        )
        for registry in order
    )
    return Table(
        "Registry classes",
        "",
        ("registry", "family", "built", "past", "given", "factories", "scope", "home"),
        rows,
        (5, 7, 1, 0),
    )


def _trackers(report: Report) -> Table:
    rows = tuple(
        (
            Cell(tracker.name),
            Cell(tracker.accessor.name),
            Cell("locked" if tracker.locked else "not locked"),
            Cell("guarded" if tracker.guarded else "open"),
            number(tracker.constructions),
            number(len(tracker.past_accessor)),
            where(tracker.place),
        )
        for tracker in report.trackers
    )
    return Table(
        "Trackers",
        "Classes behind an accessor that keeps the one instance.",
        ("tracker", "accessor", "lock", "constructor", "built", "past", "where"),
        rows,
        (6, 1),
    )


def _canonical(report: Report) -> Table:
    rows = tuple(
        (Cell(each.name), where(each.home.place), where(double.place))
        for each in report.canonical
        for double in each.doubles
    )
    return Table("Names with several homes", "", ("name", "home", "second home"), rows, (1, 2))


def _lookalikes(report: Report) -> Table:
    rows = tuple((Cell(each.name), Cell(each.why), where(each.place)) for each in report.lookalikes)
    return Table("Data schemas that look like tools", "", ("schema", "why", "where"), rows, (2,))


def _releases(report: Report) -> Table:
    order = sorted(report.releases, key=lambda release: (not release.orphan, bool(release.callers), release.place))
    rows = tuple(
        (
            Cell(release.name),
            Cell(_callers(release)),
            Cell(f"{release.callers[0].place.path}:{release.callers[0].place.row}" if release.callers else ""),
            where(release.place),
        )
        for release in order
    )
    return Table("Release paths", "What empties or closes a registry, and who calls it.",
                 ("release", "", "first caller", "where"), rows, (2, 3))  # fmt: skip


def _callers(release: Release) -> str:
    if release.orphan:
        return "nobody calls it"
    return counted(len(release.callers), "caller") if release.callers else "no caller is known"


def _superseded(report: Report) -> Table:
    rows = tuple((Cell(use.name), Cell(use.replacement), Cell(use.how), where(use.place)) for use in report.superseded)
    return Table("Superseded names in use", "", ("name", "instead", "how", "where"), rows, (1, 3))


def _stand_ins(report: Report) -> Table:
    rows = tuple((Cell(each.name), Cell(each.of), where(each.place)) for each in report.stand_ins)
    return Table("Test classes that stand in", "", ("class", "for", "where"), rows, (2,))


def _constructions(report: Report) -> Table:
    words = {"factory": "its factory", "allowed": "allowed", "no-factory": "has no factory", "past": "past its factory"}
    rows = tuple(
        (
            where(site.place),
            Cell(report.registries[site.registry].name),
            Cell(report.functions[site.function].name),
            Cell(words[site.standing]),
            Cell(site.confidence),
        )
        for site in report.constructions
    )
    return Table("Every place that builds a registry", "", ("where", "registry", "in", "", "sure"), rows, (2, 0))


def _unreached(report: Report) -> Table:
    rows = []
    for index, function in enumerate(report.functions):
        if function.reached == "unreached":
            builds = sum(site.function == index for site in report.constructions)
            registers = sum(one.function == index for one in report.registrations)
            rows.append((Cell(function.name), number(builds), number(registers), where(function.place)))
    return Table(
        "No entry point leads here",
        "Dead code, an entry point that is not known, or calls that could not be resolved.",
        ("function", "builds", "registers", "where"),
        tuple(rows),
        (0, 3),
    )

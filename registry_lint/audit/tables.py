"""The report as tables, the most important first: what `text` and `markdown` print."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from registry_lint.audit.cells import Cell, Table, counted, number, where
from registry_lint.audit.listings import listings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.records import Earlier, Function, Kept, Report


def part(contract: Kept) -> str:
    """`7 of 10`."""
    return f"{contract.kept:,} of {contract.sites:,}"


def percent(kept: int, sites: int) -> str:
    """Whole percents, rounded so that only all is 100 % and only none 0 %."""
    if not sites:
        return "-"
    rounded = round(100 * kept / sites)
    return f"{max(1, min(99, rounded)) if 0 < kept < sites else rounded} %"


def tables(report: Report) -> Iterator[Table]:
    """All tables that have rows; where nothing changed since an earlier report, one that says so."""
    if report.earlier is not None and not (report.earlier.changes or _trend(report.earlier).rows):
        yield Table(f"Since {report.earlier.label}", "Nothing was added, went or moved.", (), ())
    for table in _all(report):
        if table.rows:
            yield table


def headline(report: Report) -> str:
    """The audit in one sentence."""
    built, past = len(report.constructions), sum(site.standing == "past" for site in report.constructions)
    registries = counted(len(report.registries), "registry class", "registry classes")
    places = counted(built, "place builds", "places build")
    return (
        f"{registries}; {places} them, {past:,} past a factory; "
        f"{counted(len(report.registrations), 'registration')}; "
        f"{counted(len(report.entry_points), 'entry point leads', 'entry points lead')} there."
    )


def _all(report: Report) -> Iterator[Table]:
    if report.earlier is not None:
        yield _trend(report.earlier)
        yield _changes(report.earlier)
    yield _score(report)
    yield _past(report)
    yield _entry_points(report)
    yield _ways(report)
    yield _findings(report)
    yield from listings(report)


def _trend(earlier: Earlier) -> Table:
    rows = []
    for trend in earlier.trends:
        change = trend.now - trend.before
        if change:
            good = (change > 0) == (trend.better == "more")
            word = "" if trend.better == "neither" else "better" if good else "worse"
            rows.append(
                (Cell(trend.name), number(trend.before), number(trend.now), Cell(f"{change:+,} {word}".rstrip()))
            )
    return Table(f"Since {earlier.label}", "", ("", "then", "now", "change"), tuple(rows))


def _changes(earlier: Earlier) -> Table:
    rows = tuple(
        (
            Cell(change.change),
            Cell(change.what.replace("_", " ")),
            Cell(change.text),
            Cell(f"{change.before.path}:{change.before.row} → {change.place.path}:{change.place.row}", change.place)
            if change.before
            else where(change.place),
        )
        for change in earlier.changes
    )
    tally = Counter(change.change for change in earlier.changes)
    said = ", ".join(f"{tally[change]:,} {change}" for change in ("added", "gone", "changed", "moved") if tally[change])
    return Table("What changed", said, ("", "what", "", "where"), rows, (2, 3))


def _score(report: Report) -> Table:
    columns: tuple[str, ...] = ("contract", "kept", "")
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(contract.title),
            Cell(part(contract), number=True),
            Cell(percent(contract.kept, contract.sites), number=True),
        )
        for contract in report.score.contracts
    ]
    if report.earlier is not None:
        columns = (*columns, "then")
        told = zip(rows, report.score.contracts, strict=True)
        rows = [(*row, Cell(_then(report.earlier, contract.contract))) for row, contract in told]
    said = f"{report.score.kept:,} of {report.score.sites:,} sites keep their contract"
    if report.earlier is not None:
        said += f"; {report.earlier.score.kept:,} of {report.earlier.score.sites:,} did then"
    return Table("Contracts", said, columns, tuple(rows))


def _then(earlier: Earlier, name: str) -> str:
    for contract in earlier.score.contracts:
        if contract.contract == name:
            return part(contract)
    return "-"


def _past(report: Report) -> Table:
    rows = [
        (
            where(site.place),
            Cell(report.registries[site.registry].name),
            Cell(_factories(report, site.registry)),
            Cell(_reached(report, report.functions[site.function])),
        )
        for site in report.constructions
        if site.standing == "past"
    ]
    return Table(
        "Built past the factory",
        "A registry is made here although a factory for it exists.",
        ("where", "registry", "its factory", "reached from"),
        tuple(rows),
        (2,),
        below=3,
    )


def _factories(report: Report, registry: int) -> str:
    return ", ".join(factory.name for factory in report.registries[registry].factories) or "-"


def _reached(report: Report, function: Function) -> str:
    if function.reached == "unreached":
        return "nothing that is known"
    if function.reached == "at-import":
        return "import of the module"
    entry = report.entry_points[function.entries[0]]
    steps = [hop.name for hop in report.way(function)] or [function.name]
    more = f" (+{len(function.entries) - 1})" if len(function.entries) > 1 else ""
    return f"{entry.label}{more}: {' › '.join(steps)}{'' if function.sure else ' (perhaps)'}"


def _entry_points(report: Report) -> Table:
    building = [entry for entry in report.entry_points if entry.constructions]
    ranked = sorted(building, key=lambda entry: (-max(c.constructions for c in entry.families), -entry.constructions))
    rows = tuple(
        (
            Cell(entry.label),
            number(entry.constructions),
            Cell(
                ", ".join(
                    f"{count.constructions}× {count.family.rpartition('.')[2]}"
                    for count in sorted(entry.families, key=lambda count: (-count.constructions, count.family))
                )
            ),
            number(entry.registrations),
            where(entry.place),
        )
        for entry in ranked
    )
    return Table(
        "Entry points and the registries that they lead to",
        "How many places that build a registry one request, command or start of the program can come to.",
        ("entry point", "builds", "of", "registers", "where"),
        rows,
        (4, 2, 0),
    )


_KINDS = (
    "websocket",
    "route",
    "task",
    "lifespan",
    "startup",
    "shutdown",
    "hook",
    "command",
    "script",
    "contract",
    "main",
)


def _ways(report: Report) -> Table:
    rows = []
    for site in report.constructions:
        registry, function = report.registries[site.registry], report.functions[site.function]
        for place, entry in enumerate(function.entries if registry.by_name else ()):
            point = report.entry_points[entry]
            way = " › ".join(hop.name for hop in report.way(function, place)) or function.name
            past = "past its factory" if site.standing == "past" else ""
            way += " (perhaps)" if place >= function.sure else ""
            order = (_KINDS.index(point.kind) if point.kind in _KINDS else len(_KINDS), point.label, point.place)
            rows.append((order, (Cell(point.label), Cell(registry.name), Cell(past), Cell(way), where(site.place))))
    rows.sort(key=lambda row: row[0])
    return Table(
        "The shortest way from each entry point to each registry that it builds",
        "",
        ("entry point", "registry", "", "way", "where"),
        tuple(row for _, row in rows),
        (4, 0),
        below=3,
    )


def _findings(report: Report) -> Table:
    tally = Counter((finding.code, finding.name, finding.severity) for finding in report.findings)
    rows = tuple(
        (number(count), Cell(code), Cell(name), Cell(severity))
        for (code, name, severity), count in sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    )
    return Table("Findings", "`registry-lint check` shows each with its way.", ("", "code", "rule", "severity"), rows)

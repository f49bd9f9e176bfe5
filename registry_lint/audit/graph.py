"""The map: entry points lead to functions, functions build registries or register in them.

Entry points of one file and kind that lead to the same functions are drawn as one: forty routes of one router are
one thought. What a registry class without any use would add is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.records import Place, Report

NodeKind = Literal["entry", "function", "registry"]
EdgeKind = Literal["leads", "builds", "past", "registers"]


class Node(NamedTuple):
    """One thing on the map; `id` is a word of ASCII letters and digits."""

    id: str
    kind: NodeKind
    label: str
    place: Place


class Edge(NamedTuple):
    """An arrow; `times` counts the places in the code that it stands for."""

    source: str
    target: str
    kind: EdgeKind
    times: int


class Graph(NamedTuple):
    """The whole map."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(report: Report) -> Graph:
    """The map of a report, in the report's order."""
    edges = tuple(_edges(report))
    used = {end for edge in edges for end in (edge.source, edge.target)}
    groups = _groups(report)
    nodes = [_entry(report, f"e{index}", members) for index, members in enumerate(groups)]
    nodes += [Node(f"f{i}", "function", each.name, each.place) for i, each in enumerate(report.functions)]
    nodes += [Node(f"r{i}", "registry", each.name, each.place) for i, each in enumerate(report.registries)]
    return Graph(tuple(node for node in nodes if node.id in used), edges)


def _groups(report: Report) -> list[list[int]]:
    """The entry points that are drawn as one, in the order of their first."""
    leads: list[list[int]] = [[] for _ in report.entry_points]
    for index, function in enumerate(report.functions):
        for entry in function.entries:
            leads[entry].append(index)
    groups: dict[tuple[str, str, tuple[int, ...]], list[int]] = {}
    for index, point in enumerate(report.entry_points):
        groups.setdefault((point.place.path, point.kind, tuple(leads[index])), []).append(index)
    return list(groups.values())


def _entry(report: Report, identity: str, members: list[int]) -> Node:
    first = report.entry_points[members[0]]
    more = f" and {len(members) - 1} more" if len(members) > 1 else ""
    return Node(identity, "entry", f"{first.label}{more}", first.place)


def _edges(report: Report) -> Iterator[Edge]:
    for number, members in enumerate(_groups(report)):
        for index, function in enumerate(report.functions):
            if members[0] in function.entries:
                yield Edge(f"e{number}", f"f{index}", "leads", 1)
    counts: dict[tuple[int, int, EdgeKind], int] = {}
    for site in report.constructions:
        kind: EdgeKind = "past" if site.standing == "past" else "builds"
        key = (site.function, site.registry, kind)
        counts[key] = counts.get(key, 0) + 1
    for one in report.registrations:
        key = (one.function, one.registry, "registers")
        counts[key] = counts.get(key, 0) + 1
    for (source, target, what), times in sorted(counts.items()):
        yield Edge(f"f{source}", f"r{target}", what, times)

"""`dot` and `mermaid`: the map as text, for the tools that draw it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from registry_lint.audit.graph import EdgeKind, NodeKind, graph
from registry_lint.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.presentation import Presentation
    from registry_lint.audit.records import Report

_SHAPES: Final[dict[NodeKind, str]] = {
    "entry": 'shape=cds, fillcolor="#e4e7fb"',
    "function": 'shape=box, style="rounded,filled", fillcolor="#ffffff"',
    "registry": 'shape=cylinder, fillcolor="#e2f1ea"',
}
_STROKES: Final[dict[EdgeKind, str]] = {
    "leads": 'color="#8b8f9c"',
    "builds": 'color="#3f51c9", penwidth=1.6',
    "past": 'color="#c2362b", penwidth=2.2',
    "registers": 'color="#1f8257", style=dashed',
}
_WORDS: Final[dict[EdgeKind, str]] = {
    "leads": "", "builds": "builds", "past": "builds past its factory", "registers": "registers",
}  # fmt: skip
_BRACKETS: Final[dict[NodeKind, tuple[str, str]]] = {
    "entry": ("([", "])"),
    "function": ("[", "]"),
    "registry": ("[(", ")]"),
}
_RANKS: Final[dict[NodeKind, str]] = {"entry": "min", "function": "same", "registry": "max"}


def dot(report: Report, presentation: Presentation) -> Iterator[str]:
    """Graphviz, from left to right."""
    drawn = graph(report)
    yield "digraph registries {"
    yield f"  label={_quoted(report.project)}; labelloc=t; rankdir=LR; nodesep=0.15; ranksep=1.5;"
    yield '  node [fontname="Helvetica", fontsize=10, style=filled, color="#8b8f9c"];'
    yield '  edge [fontname="Helvetica", fontsize=9, arrowsize=0.6];'
    for node in drawn.nodes:
        url = presentation.link(node.place)
        extra = f", URL={_quoted(url)}" if url else ""
        tooltip = _quoted(f"{node.place.path}:{node.place.row}")
        yield f"  {node.id} [label={_quoted(node.label)}, tooltip={tooltip}, {_SHAPES[node.kind]}{extra}];"
    for kind, rank in _RANKS.items():
        here = [node.id for node in drawn.nodes if node.kind == kind]
        if here and rank != "same":
            yield f"  {{ rank={rank}; {'; '.join(here)}; }}"
    for edge in drawn.edges:
        label = f", label={_quoted(_said(edge.kind, edge.times))}" if _WORDS[edge.kind] else ""
        yield f"  {edge.source} -> {edge.target} [{_STROKES[edge.kind]}{label}];"
    yield from _unseen(report, "  // ")
    yield "}"


def mermaid(report: Report, _: Presentation) -> Iterator[str]:
    """Mermaid's flowchart. `maxEdges` is raised, since its renderers refuse more than 500 arrows."""
    drawn = graph(report)
    yield f'%%{{init: {{"maxEdges": {max(500, len(drawn.edges))}, "maxTextSize": 900000}}}}%%'
    yield "flowchart LR"
    for node in drawn.nodes:
        opening, closing = _BRACKETS[node.kind]
        yield f'  {node.id}{opening}"{_entities(node.label)}"{closing}:::{node.kind}'
    for edge in drawn.edges:
        word = _said(edge.kind, edge.times)
        arrow = {"leads": "-->", "builds": "-->", "past": "==>", "registers": "-.->"}[edge.kind]
        yield f"  {edge.source} {arrow}{f'|{word}|' if word else ''} {edge.target}"
    yield "  classDef entry fill:#e4e7fb,stroke:#3f51c9,color:#1b1d24"
    yield "  classDef function fill:#ffffff,stroke:#8b8f9c,color:#1b1d24"
    yield "  classDef registry fill:#e2f1ea,stroke:#1f8257,color:#1b1d24"
    past = [str(number) for number, edge in enumerate(drawn.edges) if edge.kind == "past"]
    if past:
        yield f"  linkStyle {','.join(past)} stroke:#c2362b,stroke-width:2px"
    yield from _unseen(report, "  %% ")


def _unseen(report: Report, comment: str) -> Iterator[str]:
    """What the map cannot show, since it was not seen: as comments, since both tools draw nothing else."""
    limits = report.limits
    for said, unseen in (("not examined", limits.unexamined), ("a bound was met", (*limits.cut_short, *limits.bounds))):
        for one in unseen:
            yield f"{comment}{said}: {visible(one)}".replace("\n", " ").replace("{", "(").replace("}", ")")


def _said(kind: EdgeKind, times: int) -> str:
    return f"{_WORDS[kind]} {times} times" if times > 1 and _WORDS[kind] else _WORDS[kind]


def _quoted(text: str) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entities(text: str) -> str:
    """Every character that Mermaid or the HTML that it makes could read as its own, as an entity of Mermaid's."""
    return re.sub(r"[^\w .,:/()+×-]", lambda match: f"#{ord(match[0])};", visible(text))

"""Our call graph beside a trace: which edges were found, which of ours nothing confirmed, which calls stayed open.

A function is (path, qualified name), as the tracer writes them: definitions of one name in one file (a property and
its setter, overloads, two arms of an `if`) are one.
"""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from registry_lint.config.settings import Settings
from registry_lint.project.domain import FunctionRef
from registry_lint.project.edges import EVERYTHING
from registry_lint.project.model import Project
from registry_lint.project.runs_in import ModuleBody
from registry_lint.source.corpus import DiskCorpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from registry_lint.project.edges import Edge, How
    from registry_lint.project.runs_in import Node

Function: TypeAlias = tuple[str, str]
Pair: TypeAlias = tuple[Function, Function]
Site: TypeAlias = tuple[str, int, int]  # path, row from 1, column from 0 in bytes: where a call begins
Place: TypeAlias = tuple[str, int, int, int, int]

_TRACER = Path(__file__).with_name("tracer.py")


class Traced(NamedTuple):
    """What ran. `kinds` tells for each pair by which operations the caller came to the callee."""

    kinds: Mapping[Pair, frozenset[str]]
    at: Mapping[Pair, tuple[Place, ...]]  # where
    sites: frozenset[Place]  # calls that were made; empty where the interpreter does not tell
    ran: frozenset[Function]

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every (caller, callee)."""
        return frozenset(self.kinds)


def trace(
    package: Path, arguments: Sequence[str], folder: Path, out: Path, python: str, environment: Mapping[str, str]
) -> tuple[Traced, str]:
    """Run `python ARGUMENTS…` in a folder under the tracer; what it saw, and the last line that was printed."""
    command = [python, str(_TRACER), str(out), str(package), *arguments]
    ended = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    if not out.exists():
        raise SystemExit(f"the traced program left nothing:\n{ended.stderr}")
    return read(out), (ended.stdout.strip().splitlines() or [""])[-1]


def read(out: Path) -> Traced:
    """What the tracer wrote."""
    record = json.loads(out.read_text())
    kinds: defaultdict[Pair, set[str]] = defaultdict(set)
    at: defaultdict[Pair, list[Place]] = defaultdict(list)
    for path, name, row, column, end_row, end_column, callee_path, callee, operation in record["edges"]:
        pair = ((path, name), (callee_path, callee))
        kinds[pair].add(operation)
        at[pair].append((path, row, column, end_row, end_column))
    return Traced(
        {pair: frozenset(found) for pair, found in kinds.items()},
        {pair: tuple(found) for pair, found in at.items()},
        frozenset((path, *position) for path, *position in record["sites"]),
        frozenset((path, name) for path, name in record["ran"]),
    )


class Own:
    """The edges of our call graph over one package, in the same terms."""

    def __init__(self, package: Path) -> None:
        """`package`: the folder that holds its `__init__.py`."""
        self._root, self._prefix = package.parent, f"{package.name}/"
        paths = [path.relative_to(self._root).as_posix() for path in package.rglob("*.py")]
        self.project = Project(DiskCorpus(self._root, paths), Settings(tests=()))

    @cached_property
    def edges(self) -> tuple[tuple[Pair, Edge], ...]:
        """Every edge."""
        return tuple(self._edges())

    def pairs(self, *without: How) -> frozenset[Pair]:
        """Every (caller, callee) but those of some kinds; where none is named, of functions that are only passed on."""
        left_out = without or ("reference",)
        return frozenset(pair for pair, edge in self.edges if edge.how not in left_out)

    def pairs_backward(self) -> frozenset[Pair]:
        """The same as `pairs`, found by asking every function for its callers: what the rules ask."""
        calls = self.project.calls
        found = set()
        for node in self._nodes():
            if isinstance(node, FunctionRef):
                decorating = (edge for edge in calls.references(node) if edge.how == "decorator")
                for edge in (*calls.callers(node), *calls.dependents(node), *decorating):
                    found.add(self._pair(edge))
        return frozenset(found)

    @cached_property
    def unresolved(self) -> tuple[Place, ...]:
        """The calls whose callee stayed unknown."""
        return tuple(
            self.place(node.path, call) for node in self._nodes() for call in self.project.calls.unresolved(node)
        )

    @cached_property
    def calls(self) -> int:
        """How many calls there are."""
        return sum(len(self.project.calls_in(path)) for path in self.project.production)

    def place(self, path: str, expr: int) -> Place:
        """Where an expression stands, as the tracer counts: columns from 0, in bytes."""
        row, column, end_row, end_column = self.project.facts_of(path).position(expr)
        lines = self._lines(path)

        def in_bytes(line: int, characters: int) -> int:
            return len(lines[line - 1][: characters - 1].encode())

        return path.removeprefix(self._prefix), row, in_bytes(row, column), end_row, in_bytes(end_row, end_column)

    def _lines(self, path: str) -> list[str]:
        return self.project.files.read(path).decode().split("\n")

    def _nodes(self) -> Iterator[Node]:
        for path in self.project.production:
            if self.project.files.facts(path) is not None:
                yield ModuleBody(path)
                for index, function in enumerate(self.project.facts_of(path).functions):
                    if function.name != "<lambda>":
                        yield FunctionRef(path, index)

    def _edges(self) -> Iterator[tuple[Pair, Edge]]:
        for node in self._nodes():
            for edge in self.project.calls.callees(node):
                if edge.how in EVERYTHING and self.project.function(edge.target).name != "<lambda>":
                    yield self._pair(edge), edge

    def _pair(self, edge: Edge) -> Pair:
        source = self._around(edge.source) if edge.how == "decorator" else self._name(edge.source)
        return source, self._name(edge.target)

    def _name(self, node: Node) -> Function:
        path = node.path.removeprefix(self._prefix)
        if isinstance(node, ModuleBody):
            return path, ""
        names = self.project.function(node).qualname.replace(".<locals>", "").split(".")
        return path, ".".join(name for name in names if name != "<lambda>")

    def _around(self, node: Node) -> Function:
        """What runs the decorators of a function."""
        assert isinstance(node, FunctionRef)
        path = node.path.removeprefix(self._prefix)
        outside = self.project.function(node).qualname.rpartition(".<locals>.")[0]
        return path, outside.replace(".<locals>", "")


class Score(NamedTuple):
    """One call graph beside a trace."""

    found: int  # of the traced edges
    traced: int
    confirmed: int  # of its edges whose caller ran
    judged: int

    @property
    def recall(self) -> float:
        """The share of what ran that it has."""
        return self.found / max(self.traced, 1)

    @property
    def precision(self) -> float:
        """The share of its edges, of callers that ran, that ran: a lower bound, since not every branch is tested."""
        return self.confirmed / max(self.judged, 1)


def score(pairs: frozenset[Pair], traced: Traced) -> Score:
    """How far a call graph agrees with a trace."""
    judged = [pair for pair in pairs if pair[0] in traced.ran]
    confirmed = sum(pair in traced.kinds for pair in judged)
    return Score(len(pairs & traced.pairs), len(traced.pairs), confirmed, len(judged))


def at_sites(own: Own, traced: Traced) -> tuple[list[Pair], list[tuple[Pair, Edge]]]:
    """Of our edges whose very call was made: those that were seen there, and those that never were.

    The second are a bound for wrong ones: a call that may run one of several methods is rarely tested with all.
    """
    seen = {(place, pair[1]) for pair, places in traced.at.items() for place in places}
    entered = {pair for pair, kinds in traced.kinds.items() if not kinds <= {"CALL", "BACK"}}  # by `with` …
    right: list[Pair] = []
    doubtful: list[tuple[Pair, Edge]] = []
    for pair, edge in own.edges:
        if edge.how in ("call", "construct", "name", "override"):
            place = own.place(edge.path, edge.expr)
            if place in traced.sites:
                if (place, pair[1]) in seen or pair in entered:
                    right.append(pair)
                else:
                    doubtful.append((pair, edge))
    return right, doubtful

"""Published static call-graph tools on the same code, and their edges in our terms.

Each runs in a process of its own, under an interpreter in which it is installed; none is needed by our tests.
"""

from __future__ import annotations

import ast
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .measure import Function, Pair

_PYAN = """
import json, sys
from pyan.analyzer import CallGraphVisitor
graph = CallGraphVisitor(sys.argv[2:], root=".")
with open(sys.argv[1], "w") as out:
    json.dump({of.get_name(): [used.get_name() for used in uses] for of, uses in graph.uses_edges.items()}, out)
"""

# name → the command behind `python`: {out} is where it writes {caller: [callee, …]}, the files follow
TOOLS: dict[str, tuple[str, ...]] = {
    "pyan3": ("-c", _PYAN, "{out}"),
    "PyCG": ("-m", "pycg", "--package", ".", "-o", "{out}"),
    "Jarvis": ("-c", "from jarviscg import cli; cli.main()", "--package", ".", "-o", "{out}"),
}


class Theirs(NamedTuple):
    """What a tool said of a package; no pairs and a reason where it failed."""

    tool: str
    pairs: frozenset[Pair]
    seconds: float
    failure: str


def run(tool: str, package: Path, python: str, patience: float) -> Theirs:
    """Let a tool analyse a package."""
    files = sorted(path.relative_to(package.parent).as_posix() for path in package.rglob("*.py"))
    with tempfile.TemporaryDirectory(prefix="registry-lint-callgraph-") as place:
        out = Path(place, "edges.json")
        command = [python, *(part.format(out=out) if part == "{out}" else part for part in TOOLS[tool]), *files]
        begun = time.monotonic()
        try:
            ended = subprocess.run(
                command, cwd=package.parent, capture_output=True, text=True, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired:
            return Theirs(tool, frozenset(), patience, f"not done after {patience:.0f} s")
        seconds = time.monotonic() - begun
        if not out.exists():
            return Theirs(tool, frozenset(), seconds, (ended.stderr.strip().splitlines() or ["no output"])[-1])
        return Theirs(tool, frozenset(named(json.loads(out.read_text()), package, files)), seconds, "")


def named(edges: Mapping[str, Iterable[str]], package: Path, files: Iterable[str]) -> Iterable[Pair]:
    """Dotted names as functions of the package's files; what is no function of them is left out.

    A class stands for its constructor, where it has one of its own. Lambdas count as what is around them.
    """
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in files}
    prefix = f"{package.name}/"
    known = {
        (path.removeprefix(prefix), name)
        for path in files
        for name in _functions(ast.parse((package.parent / path).read_bytes()), "")
    }

    def function(dotted: str) -> Function | None:
        parts = [part for part in dotted.split(".") if not part.startswith("<")]
        for length in range(len(parts), 0, -1):
            path = modules.get(".".join(parts[:length]))
            if path is not None:
                found = path.removeprefix(prefix), ".".join(parts[length:])
                return next((one for one in (found, (found[0], f"{found[1]}.__init__")) if one in known), found)
        return None

    for of, called in edges.items():
        caller = function(of)
        for one in called:
            callee = function(one)
            if caller is not None and callee in known:
                yield caller, callee


def _functions(tree: ast.AST, around: str) -> Iterator[str]:
    """The qualified names of all functions, without `<locals>`."""
    for node in ast.iter_child_nodes(tree):
        inside = around
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{around}.{node.name}".lstrip(".")
            if not isinstance(node, ast.ClassDef):
                yield inside
        yield from _functions(node, inside)

"""Measure our call graph on code that we did not write, beside a trace of that code's own tests and other tools.

    python -m tests.callgraph PROJECT src/package [-- ARGUMENTS…]    ARGUMENTS: what follows `python`, `-m pytest -q`
                                                                     by default
    … --python PYTHON          the interpreter that runs the project's tests, with what they need; 3.12 or later
                               also tells which calls were made
    … --tools PYTHON           one in which pyan3, PyCG or jarviscg are installed: they are asked about the same code
    … --list                   every missed edge, and every edge of ours whose call was made without it

PROJECT is a folder: an unpacked source distribution, a checkout. It is run in place, with the package's folder first on
the import path. Prints, for each call graph, how many of the traced edges it has (recall) and how many of its edges,
of callers that ran, were seen (precision: a lower bound, since no test suite takes every branch).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from . import contenders, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .measure import Own, Pair, Traced

_IMPLICIT = "properties, operators, statements"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = given[given.index("--") + 1 :] if "--" in given else ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    options = _options(given[: given.index("--")] if "--" in given else given)
    package = (options.project / options.package).resolve()
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    with tempfile.TemporaryDirectory(prefix="registry-lint-callgraph-") as place:
        traced, said = measure.trace(
            package, command, options.project, Path(place, "trace.json"), options.python, environment
        )
    print(f"{package.name}: {said}")
    own = measure.Own(package)
    record = dict(_rows(own, traced))
    if options.tools:
        for tool in contenders.TOOLS:
            theirs = contenders.run(tool, package, options.tools, options.patience)
            name = f"{tool} ({theirs.seconds:.1f} s)"
            record[name] = measure.score(theirs.pairs, traced)._asdict() if not theirs.failure else {}
            _print(name, record[name], theirs.failure)
    _print_sites(own, traced)
    if options.list:
        _print_lists(own, traced)
    if options.json:
        options.json.write_text(json.dumps({"package": package.name, "tests": said, **record}, indent=2) + "\n")
    return 0


def _options(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.callgraph", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("project", type=Path, help="folder in which its tests are run")
    parser.add_argument("package", type=Path, help="folder of the package in it")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--tools", metavar="PYTHON")
    parser.add_argument("--patience", type=float, default=600, metavar="SECONDS", help="bound for one tool")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args(given)


def _rows(own: Own, traced: Traced) -> Iterator[tuple[str, dict[str, object]]]:
    """Our own edges, asked for in both directions, and without those that a subclass may bring."""
    for name, pairs in (
        ("registry-lint, callees of every function", own.pairs()),
        ("registry-lint, callers of every function", own.pairs_backward()),
        ("registry-lint, no overriding methods", own.pairs("reference", "override")),
    ):
        row = measure.score(pairs, traced)._asdict()
        _print(name, row)
        yield name, row


def _print(name: str, row: dict[str, object], failure: str = "") -> None:
    if failure:
        print(f"{name:42} failed: {failure}")
        return
    recall, precision = measure.Score(**row)[:2], measure.Score(**row)[2:]  # type: ignore[arg-type]  # as it was made
    found, traced = recall
    confirmed, judged = precision
    print(
        f"{name:42} recall {found / max(traced, 1):4.0%} ({found} of {traced})   "
        f"precision at least {confirmed / max(judged, 1):4.0%} ({confirmed} of {judged})"
    )


def _print_sites(own: Own, traced: Traced) -> None:
    right, doubtful = measure.at_sites(own, traced)
    if traced.sites:
        print(
            f"edges at calls that were made: {len(right)} seen, {len(doubtful)} not, of which "
            f"{sum(edge.how == 'override' for _, edge in doubtful)} to overriding methods"
        )
    print(f"calls in all: {own.calls}, unresolved: {len(own.unresolved)}")
    missed = [pair for pair in traced.kinds if pair not in own.pairs()]
    print(f"missed: {', '.join(f'{count} {kind}' for kind, count in _kinds(traced, missed)) or 'none'}")


def _kinds(traced: Traced, pairs: Sequence[Pair]) -> list[tuple[str, int]]:
    def kind(pair: Pair) -> str:
        operations = traced.kinds[pair]
        return "calls" if "CALL" in operations else "by built-in code" if "BACK" in operations else _IMPLICIT

    return Counter(kind(pair) for pair in pairs).most_common()


def _print_lists(own: Own, traced: Traced) -> None:
    for pair in sorted(set(traced.kinds) - own.pairs()):
        path, row, column, *_ = traced.at[pair][0]
        print(f"missed: {path}:{row}:{column} {pair[0][1] or 'module'} -> {pair[1][0]} {pair[1][1]}")
    _, doubtful = measure.at_sites(own, traced)
    for pair, edge in doubtful:
        path, row, column, *_ = own.place(edge.path, edge.expr)
        print(f"not seen: {path}:{row}:{column} {pair[0][1] or 'module'} -> {pair[1][0]} {pair[1][1]} ({edge.how})")


if __name__ == "__main__":
    raise SystemExit(main())

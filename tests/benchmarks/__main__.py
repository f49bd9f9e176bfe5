"""Measure registry-lint beside other tools, in interleaved rounds.

    python -m tests.benchmarks CORPUS                    everyone over a folder of Python files (a copy of it)
    python -m tests.benchmarks --synthetic 25000         the same over a generated project
    python -m tests.benchmarks --growth 2500,25000,100000     registry-lint cold over generated projects
    python -m tests.benchmarks --generate FOLDER --synthetic 5000    only write a project

Prints medians with their spread and the ratios that are promised; `--json FILE` writes all of it. Exit code 0 where
every promise that could be measured holds, 1 where one does not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import bounds, contenders, synthetic
from .contenders import Contender, Missing
from .measure import FailedRunError, Sample, Summary, run

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLOW_ROUNDS = 2  # for those that take minutes


class Found(NamedTuple):
    """What is written as JSON, and the promises."""

    record: dict[str, object]
    verdicts: Sequence[bounds.Verdict]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    options = _options(arguments)
    if options.generate:
        print(synthetic.generate(options.generate, options.synthetic, options.seed))
        return 0
    with tempfile.TemporaryDirectory(prefix="registry-lint-benchmark-") as place:
        found = _grow(Path(place), options) if options.growth else _compare(Path(place), options)
    for verdict in found.verdicts:
        told = "met" if verdict.is_met else "NOT MET"
        print(f"{told:8} {verdict.what}: {verdict.measured:.3g} (at most {verdict.most:.3g})")
    if options.json:
        judged = [{**verdict._asdict(), "met": verdict.is_met} for verdict in found.verdicts]
        record = {"machine": _machine(), "versions": contenders.versions(), **found.record, "bounds": judged}
        options.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0 if all(verdict.is_met for verdict in found.verdicts) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", type=Path, help="folder of Python files; it is copied, never written to")
    parser.add_argument("--synthetic", type=int, metavar="FILES", help="size of a generated project")
    parser.add_argument("--growth", metavar="N,N,…", help="sizes of generated projects")
    parser.add_argument("--generate", type=Path, metavar="FOLDER", help="only write a project")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="TEXT,…", help="those whose name holds one of these")
    parser.add_argument("--patience", type=float, default=1800, metavar="SECONDS", help="bound for one run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if sum(map(bool, (options.corpus, options.growth, options.synthetic))) != 1:
        parser.error("give one of CORPUS, --synthetic and --growth")
    if options.generate and not options.synthetic:
        parser.error("--generate needs --synthetic FILES")
    return options


def _compare(top: Path, options: argparse.Namespace) -> Found:
    corpus, work = top / "corpus", top / "work"
    if options.corpus:
        _copy(options.corpus, corpus)
    else:
        synthetic.generate(corpus, options.synthetic, options.seed)
    work.mkdir()
    wanted = [part for part in options.only.split(",") if part] or [""]
    everyone = [
        one
        for one in contenders.contenders(corpus, work, generated=not options.corpus)
        if any(part in one.name for part in wanted)
    ]
    chosen = [one for one in everyone if isinstance(one, Contender)]
    missing = [one.name for one in everyone if isinstance(one, Missing)]
    files, lines, size = _size(corpus)
    print(f"{files:,} files, {lines:,} lines, {size / 1e6:,.0f} MB; {_machine()}")
    samples, failures = _rounds(chosen, options)
    results = [(one, Summary.of(samples[one.name], one.factor)) for one in chosen if samples[one.name]]
    _table(results)
    for name, reason in failures.items():
        print(f"{name}: failed, {reason}")
    for name in missing:
        print(f"{name}: missing here, not measured")
    record = {
        "corpus": {"files": files, "lines": lines, "bytes": size},
        "results": {
            one.name: {"what": one.what, "extrapolated": one.factor != 1, **summary._asdict()}
            for one, summary in results
        },
        "failed": failures,
        "missing": missing,
    }
    return Found(record, bounds.verdicts({one.name: summary for one, summary in results}, files))


def _grow(top: Path, options: argparse.Namespace) -> Found:
    """Registry-lint cold over projects of growing size, in turn: time per file must stay nearly the same."""
    projects = []
    for number, files in enumerate(map(int, options.growth.split(","))):
        corpus, work = top / f"c{number}", top / f"w{number}"
        made = synthetic.generate(corpus, files, options.seed)
        work.mkdir()
        (cold,) = (
            one for one in contenders.contenders(corpus, work, generated=True) if one.name == "registry-lint cold"
        )
        assert isinstance(cold, Contender)
        projects.append((made, cold, list[Sample]()))
    for turn in range(options.rounds):
        for made, cold, samples in projects:
            _tell(f"round {turn + 1}/{options.rounds}: {made.files:,} files")
            samples.append(_once(cold, options.patience))
    _tell(" " * 60)
    rows = []
    each = []
    for made, _, samples in projects:
        summary = Summary.of(samples)
        each.append(summary.wall / made.files)
        rows.append({"files": made.files, "lines": made.lines, **summary._asdict()})
        figures = f"{summary.wall:8.2f} s {summary.memory:6.0f} MiB {each[-1] * 1e6:8.1f} µs a file"
        print(f"{made.files:>8,} files {made.lines:>12,} lines {figures}")
    return Found(
        {"growth": rows}, [bounds.Verdict("time per file, greatest / least", max(each) / min(each), bounds.GROWTH)]
    )


def _rounds(chosen: Sequence[Contender], options: argparse.Namespace) -> tuple[dict[str, list[Sample]], dict[str, str]]:
    """Every contender once a round, in an order that changes: what else the machine does hits all alike.

    Round 0 fills the page cache and the tools' own caches and is not counted; the slow ones are left out of it.
    """
    samples: dict[str, list[Sample]] = {one.name: [] for one in chosen}
    failures: dict[str, str] = {}
    chance = random.Random(options.seed)
    for turn in range(options.rounds + 1):
        for one in chance.sample(list(chosen), len(chosen)):
            if one.name in failures or (one.slow and not 0 < turn <= _SLOW_ROUNDS):
                continue
            _tell(f"round {turn}/{options.rounds}: {one.name:<30}")
            try:
                sample = _once(one, options.patience)
            except (FailedRunError, OSError) as error:
                failures[one.name] = str(error)
                continue
            except KeyboardInterrupt:  # what was measured until now is still worth reading
                failures["the rest"] = f"interrupted in round {turn}"
                return samples, failures
            if turn:
                samples[one.name].append(sample)
    _tell(" " * 60)
    return samples, failures


def _tell(progress: str) -> None:
    """Progress, for who watches."""
    if sys.stderr.isatty():
        print(f"\r{progress}\r", end="", file=sys.stderr, flush=True)


def _once(one: Contender, patience: float) -> Sample:
    one.prepare()
    return run(one.command, one.folder, patience=patience)


def _table(rows: Sequence[tuple[Contender, Summary]]) -> None:
    print(f"{'':28} {'wall s':>9} {'spread':>17} {'cpu s':>9} {'MiB':>6} {'runs':>5}")
    for one, summary in rows:
        wall = f"{'~' if one.factor != 1 else ''}{summary.wall:.3f}"
        spread = f"{summary.least:.3f}-{summary.greatest:.3f}"
        figures = f"{wall:>9} {spread:>17} {summary.cpu:9.3f} {summary.memory:6.0f} {summary.runs:5}"
        print(f"{one.name:28} {figures}  {one.what}")


def _copy(source: Path, target: Path) -> None:
    """The Python files of a folder: one of them will be changed, and caches written."""
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name not in (".git", "node_modules")]
        for name in names:
            path = Path(folder, name)
            if name.endswith((".py", ".pyi")) and path.is_file() and not path.is_symlink():
                copy = target / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copy)


def _size(corpus: Path) -> tuple[int, int, int]:
    files = lines = size = 0
    for path in corpus.rglob("*.py*"):
        if path.is_file():
            content = path.read_bytes()
            files, lines, size = files + 1, lines + content.count(b"\n"), size + len(content)
    return files, lines, size


def _machine() -> str:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {processors} processors, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())

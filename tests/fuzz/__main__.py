"""The long run: `python -m tests.fuzz --count 12000`, some 100,000 inputs. Every case is a seed, to be run again.

An input is a mutated file or an invented project; a case is a project of one to a dozen of them.

Each worker is a process of its own; one that dies or hangs is told with its seed, and another goes on behind it.
"""

from __future__ import annotations

import argparse
import faulthandler
import functools
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NamedTuple

from registry_lint import packs
from registry_lint.facts import extract as facts
from tests.fuzz import newer
from tests.fuzz.drive import case, sources

PATIENCE = 30  # seconds of processor time for one case: a project, through some six commands
MEMORY = 3_000_000_000  # bytes of address space of one worker


class Worker(NamedTuple):
    """A process that tries `first`, `first + step`, …"""

    process: int
    report: Path
    first: int


def work(seeds: range, known: list[bytes], report: Path) -> None:
    """Try the seeds one by one; a line for each: what it is, then its number of inputs and `ok`, or what broke."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Facts are a function of the bytes, and the packs of this interpreter do not change: both are asked for again by
    # every command of a case.
    facts.extract = functools.lru_cache(512)(facts.extract)
    packs._has_packs = functools.cache(packs._has_packs)
    faulthandler.enable()
    signal.signal(signal.SIGPROF, _give_up)
    with tempfile.TemporaryDirectory() as folder, report.open("w", buffering=1) as told:
        for seed in seeds:
            told.write(f"{seed} ")
            signal.setitimer(signal.ITIMER_PROF, PATIENCE)
            try:
                told.write(f"{case(seed, known, Path(folder) / 'project')} ok\n")
            except BaseException as error:
                said = "".join(traceback.format_exception(error)[-3:])
                told.write(repr(f"{type(error).__name__}: {error} {said}") + "\n")
                if isinstance(error, KeyboardInterrupt):
                    return
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                os.chdir("/")


class Hang(BaseException):
    """A case took longer than it may."""


def _give_up(_signal: int, _frame: object) -> None:
    raise Hang(f"over {PATIENCE} s")


def main() -> int:
    """Run, and say what broke. Exit code 1 where anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sources", type=Path, nargs="*", default=[], help="more folders with files to mutate")
    parser.add_argument("--largest", type=int, default=60_000, help="bytes of the largest file to mutate")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    given = parser.parse_args()
    known = sources(given.sources, given.largest)
    begun, end = time.monotonic(), given.first + given.count
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    cases, inputs, broken = 0, 0, []
    running: list[Worker] = []

    def start(first: int) -> None:
        report = folder / f"{first}.txt"
        process = os.fork()
        if not process:
            work(range(first, end, given.jobs), known, report)
            os._exit(0)
        running.append(Worker(process, report, first))

    for number in range(given.jobs):
        start(given.first + number)
    while running:
        time.sleep(0.2)
        late = time.monotonic() - begun > given.minutes * 60
        for worker in list(running):
            if late:
                os.kill(worker.process, signal.SIGKILL)
            ended, status = os.waitpid(worker.process, 0 if late else os.WNOHANG)
            if not ended:
                continue
            running.remove(worker)
            lines = worker.report.read_text().splitlines() if worker.report.exists() else []
            held = [line.split() for line in lines if line.endswith(" ok")]
            told = [line for line in lines if " " in line.strip() and not line.endswith(" ok")]
            cases += len(held) + len(told)
            inputs += sum(int(number) for _, number, _ in held)
            broken += told
            if status and not late:
                died = int(lines[-1].split()[0])
                broken.append(f"{died} died with status {status}")
                if died + given.jobs < end:
                    start(died + given.jobs)
    for line in broken:
        print(line)
    took = time.monotonic() - begun
    print(f"{inputs} inputs in {cases} cases from seed {given.first}, {len(broken)} broken, {took:.0f} s")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(newer.main(sys.argv[2:]) if sys.argv[1:2] == ["newer"] else main())

"""One process, measured: wall and processor time, and the memory of the largest process that it was or started.

Linux counts what a process holds between its fork and its start, too: none is shown smaller than this one (16 MiB).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Sample(NamedTuple):
    """One run. Seconds, and MiB."""

    wall: float
    cpu: float
    memory: float


class FailedRunError(Exception):
    """A command that did not do what it was started for."""


class Summary(NamedTuple):
    """Several runs of one command: medians, and the least and the greatest wall time."""

    runs: int
    wall: float
    least: float
    greatest: float
    cpu: float
    memory: float

    @classmethod
    def of(cls, samples: Sequence[Sample], factor: float = 1.0) -> Summary:
        """The summary of samples; `factor` extrapolates times from a part of the corpus to all of it."""
        walls = [sample.wall * factor for sample in samples]
        return cls(
            len(samples),
            statistics.median(walls),
            min(walls),
            max(walls),
            statistics.median(sample.cpu for sample in samples) * factor,
            statistics.median(sample.memory for sample in samples),
        )


def run(command: Sequence[str], folder: Path, *, codes: Sequence[int] = (0, 1), patience: float = 1800) -> Sample:
    """Run a command to its end. Raises FailedRunError for another exit code, or when it takes longer than `patience`.

    Its output goes to a file, as to a pipe it would wait for us.
    """
    environment = {
        key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "PYTHONDONTWRITEBYTECODE")
    }
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            code, used = _wait(process, begun + patience)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - begun
        if code not in codes:
            output.seek(0)
            said = output.read().decode("utf-8", "replace").strip().splitlines()
            raise FailedRunError(f"exit code {code}: {said[-1][:200] if said else 'no output'}")
    return Sample(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _wait(process: subprocess.Popen[bytes], deadline: float) -> tuple[int, os.struct_rusage]:  # type: ignore[name-defined]
    """Exit code and resources, without waking up more often than the measured times can bear."""
    pause = 0.0005
    while True:
        found, status, used = os.wait4(process.pid, os.WNOHANG)
        if found:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, used
        if time.perf_counter() > deadline:
            raise FailedRunError("took too long")
        time.sleep(pause)
        pause = min(pause * 1.1, 0.01)

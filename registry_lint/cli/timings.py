"""Where a run's time went, stage by stage."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Timings:
    """Notes when each stage begins, and passes its name on."""

    def __init__(self, pass_on: Callable[[str], None]) -> None:
        self._pass_on = pass_on
        self._begun = [("starting", time.perf_counter())]

    def stage(self, name: str) -> None:
        """A stage begins, and the one before it ends."""
        self._begun.append((name, time.perf_counter()))
        self._pass_on(name)

    def table(self) -> Iterator[str]:
        """Seconds and names in the order of the run; the last line is the sum."""
        ends = [moment for _, moment in self._begun[1:]] + [time.perf_counter()]
        for (name, moment), end in zip(self._begun, ends, strict=True):
            yield f"{end - moment:8.3f} s  {name}"
        yield f"{ends[-1] - self._begun[0][1]:8.3f} s  in all"

"""Where a run's time went, stage by stage, and how many files each stage looked into."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.request import Seen


class Timings:
    """Notes when each stage begins and what it saw, and passes its name on."""

    def __init__(self, pass_on: Callable[[str], None]) -> None:
        self._pass_on = pass_on
        self._begun = [("starting", time.perf_counter())]
        self._seen: dict[int, list[Seen]] = {}  # by the number of the stage

    def stage(self, name: str) -> None:
        """A stage begins, and the one before it ends."""
        self._begun.append((name, time.perf_counter()))
        self._pass_on(name)

    def saw(self, seen: Seen) -> None:
        """What the stage that goes on looked into, or a part of it did."""
        self._seen.setdefault(len(self._begun) - 1, []).append(seen)

    def table(self) -> Iterator[str]:
        """Seconds, files and names in the order of the run; the last line is the sum.

        Below a stage that several processes shared, a line for what each did, whose times overlap.
        """
        ends = [moment for _, moment in self._begun[1:]] + [time.perf_counter()]
        for number, ((name, moment), end) in enumerate(zip(self._begun, ends, strict=True)):
            seen = self._seen.get(number, [])
            files = [one.files for one in seen if not one.part]
            yield _line(end - moment, sum(files) if files else None, name)
            for part in seen:
                if part.part:
                    yield _line(part.seconds, part.files, f"  {part.part}")
        yield _line(ends[-1] - self._begun[0][1], None, "in all")


def _line(seconds: float, files: int | None, name: str) -> str:
    counted = "" if files is None else f"{files:,} file{'' if files == 1 else 's'}"
    return f"{seconds:8.3f} s {counted:>14}  {name}"

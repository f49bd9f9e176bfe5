"""Form 13: one binding in `try`, another in `except`; both reach the registration."""


class Clock:
    def run(self): ...


class Fast(Clock): ...


class Slow(Clock): ...


class ClockRegistry:
    def __init__(self) -> None:
        self._clocks: dict[str, Clock] = {}

    def register(self, name: str, clock: Clock) -> None:
        self._clocks[name] = clock


def load(registry: ClockRegistry) -> None:
    try:
        clock = Fast()
    except OSError:
        clock = Slow
    registry.register("clock", clock)  # expect: REG202 certain


def load_well(registry: ClockRegistry) -> None:
    try:
        clock = Fast()
    except OSError:
        clock = Slow()
    registry.register("clock", clock)


def load_or_leave(registry: ClockRegistry) -> None:
    clock = Slow
    try:
        clock = Fast()
    except OSError:
        return
    registry.register("clock", clock)

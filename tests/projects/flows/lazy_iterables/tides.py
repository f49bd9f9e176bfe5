"""`map`, `filter`, `next`, generator expressions, comprehensions and walrus."""


class Tide:
    name = "tide"

    def run(self): ...


class Low(Tide):
    name = "low"


class High(Tide):
    name = "high"


class TideRegistry:
    def __init__(self) -> None:
        self._tides: dict[str, Tide] = {}

    def register(self, name: str, tide: Tide) -> None:
        self._tides[name] = tide


KINDS = (Low, High)


def fill(registry: TideRegistry) -> None:
    for tide in map(lambda kind: kind(), KINDS):
        registry.register(tide.name, tide)
    for tide in filter(None, KINDS):
        registry.register(tide.name, tide)  # expect: REG202 certain
    for tide in (kind() for kind in KINDS):
        registry.register(tide.name, tide)
    for tide in reversed([kind for kind in KINDS]):
        registry.register(tide.name, tide)  # expect: REG202 certain
    registry.register("first", next(iter(KINDS)))  # expect: REG202 certain
    registry.register("last", [kind() for kind in KINDS][-1])
    if (tide := High()) is not None:
        registry.register("walrus", tide)

"""Keywords that are handed on twice, to an update of the table."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp): ...


class LampRegistry:
    def __init__(self) -> None:
        self._lamps: dict[str, Lamp] = {}

    def update(self, **lamps: Lamp) -> None:
        self._lamps.update(**lamps)

    def get(self, name):
        return self._lamps[name]


registry = LampRegistry()
registry.update(lantern=Lantern())
registry.update(lantern=Lantern)  # expect: REG202 certain


def boot(**lamps):
    registry.update(**lamps)  # expect: REG202 certain


boot(lantern=Lantern())
boot(lantern=Lantern)

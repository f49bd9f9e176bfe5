"""The table of a registry, updated past its methods."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp): ...


class LampRegistry:
    def __init__(self) -> None:
        self.lamps: dict[str, Lamp] = {}

    def register(self, lamp: Lamp) -> None:
        self.lamps[lamp.name] = lamp


def main(registry: LampRegistry):
    registry.lamps.update({"lantern": Lantern()})
    registry.lamps.update({"lantern": Lantern})  # expect: REG202 certain
    registry.lamps.update(lantern=Lantern)  # expect: REG202 certain

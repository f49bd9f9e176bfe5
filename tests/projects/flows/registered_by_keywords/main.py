"""What is registered is handed in by keyword, or as a dictionary behind two stars."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp): ...


class LampRegistry:
    def __init__(self) -> None:
        self._lamps: dict[str, Lamp] = {}

    def register_all(self, **lamps: Lamp) -> None:
        self._lamps.update(lamps)


registry = LampRegistry()
registry.register_all(lantern=Lantern())
registry.register_all(lantern=Lantern)  # expect: REG202 certain
GOOD = {"lantern": Lantern()}
BAD = {"lantern": Lantern}
registry.register_all(**GOOD)
registry.register_all(**BAD)  # expect: REG202 certain

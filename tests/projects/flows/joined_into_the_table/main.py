"""A table that is joined with what is handed in."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp): ...


class LampRegistry:
    def __init__(self) -> None:
        self._lamps: dict[str, Lamp] = {}

    def register_all(self, lamps: dict[str, Lamp]) -> None:
        self._lamps |= lamps

    def get(self, name):
        return self._lamps[name]


registry = LampRegistry()
registry.register_all({"lantern": Lantern()})
registry.register_all({"lantern": Lantern})  # expect: REG202 certain

"""A constructor that copies the dictionary that it is given."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp):
    name = "lantern"


class LampRegistry:
    def __init__(self, lamps: dict[str, Lamp]) -> None:
        self._lamps = dict(lamps)

    def get(self, name: str) -> Lamp:
        return self._lamps[name]


LampRegistry({"a": Lantern()})
LampRegistry({"a": Lantern})  # expect: REG202 certain

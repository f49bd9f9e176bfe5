"""A constructor that takes what it holds one argument each."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp):
    name = "lantern"


class LampRegistry:
    def __init__(self, *lamps: Lamp) -> None:
        self._lamps = {t.name: t for t in lamps}

    def execute(self, name: str):
        return self._lamps[name].execute()


LampRegistry(Lantern())
LampRegistry(Lantern)  # expect: REG202 certain
LampRegistry(*[Lantern])  # expect: REG202 certain

"""A constructor that is given classes, of which instances are made later."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp):
    name = "lantern"


class LampRegistry:
    def __init__(self, lamps) -> None:
        self._lamps = {t.name: t for t in lamps}

    def make(self, name: str):
        return self._lamps[name]()


LampRegistry([Lantern])

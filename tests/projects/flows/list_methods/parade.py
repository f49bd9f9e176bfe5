"""Collections that grow by append, extend, insert and `+=`, and are sliced, copied and unpacked."""


class Unit:
    name = "unit"

    def run(self): ...


class Band(Unit):
    name = "band"


class Guard(Unit):
    name = "guard"


class UnitRegistry:
    def __init__(self) -> None:
        self._units: dict[str, Unit] = {}

    def register(self, name: str, unit: Unit) -> None:
        self._units[name] = unit

"""Pairs of names and of what is registered under them."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp): ...


class LampRegistry:
    def __init__(self) -> None:
        self._lamps: dict[str, Lamp] = {}

    def register_many(self, pairs) -> None:
        self._lamps.update((name, lamp) for name, lamp in pairs)


registry = LampRegistry()
registry.register_many([("lantern", Lantern())])
registry.register_many([("lantern", Lantern)])  # expect: REG202 certain

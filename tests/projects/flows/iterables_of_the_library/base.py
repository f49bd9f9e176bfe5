"""What functools and itertools make of lists of classes and of lists of instances."""


class Reed:
    name = "reed"

    def execute(self): ...


class Oboe(Reed):
    name = "oboe"


class Flute(Reed):
    name = "flute"


class ReedRegistry:
    def __init__(self) -> None:
        self._reeds: dict[str, Reed] = {}

    def register(self, reed: Reed) -> None:
        self._reeds[reed.name] = reed

    def get(self, name: str) -> Reed:
        return self._reeds[name]

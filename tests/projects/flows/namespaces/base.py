"""Attributes of a SimpleNamespace are what it was made with, and what is stored later."""


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

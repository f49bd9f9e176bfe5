"""Containers that are attributes of objects, and that other files fill."""

from dataclasses import dataclass, field


class Beast:
    name = "beast"

    def execute(self): ...


class BeastRegistry:
    def __init__(self) -> None:
        self._beasts: dict[str, Beast] = {}

    def register(self, beast: Beast) -> None:
        self._beasts[beast.name] = beast


class Barn:
    def __init__(self) -> None:
        self.beasts = []
        self.by_name = {}
        self.empty = []


@dataclass
class Field:
    beasts: list = field(default_factory=list)


class Stable(Barn): ...


barn = Barn()
stable = Stable()
meadow = Field()

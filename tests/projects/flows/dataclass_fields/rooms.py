"""`default_factory=C` gives an instance; `default=C` gives the class; a constructor's keyword fills a field."""

from dataclasses import dataclass, field
from typing import Any


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp):
    name = "lantern"


class LampRegistry:
    def __init__(self) -> None:
        self._lamps: dict[str, Lamp] = {}

    def register(self, name: str, lamp: Lamp) -> None:
        self._lamps[name] = lamp


lamps = LampRegistry()


@dataclass
class Hall:
    lamp: Lamp = field(default_factory=Lantern)

    def light(self) -> None:
        lamps.register("hall", self.lamp)


@dataclass
class Cellar:
    lamp: Lamp = field(default=Lantern)

    def light(self) -> None:
        lamps.register("cellar", self.lamp)  # expect: REG202 certain


@dataclass
class Attic:
    lamp: Any

    def light(self) -> None:
        lamps.register("attic", self.lamp)  # expect: REG202 certain


Attic(lamp=Lantern).light()

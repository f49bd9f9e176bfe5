"""A copy with another value (`replace(entry, pump=Hand)`) holds that value, and what it replaces is gone."""

import dataclasses
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from attr import evolve
from pydantic import BaseModel


class Pump:
    name = "pump"

    def execute(self): ...


class Hand(Pump):
    name = "hand"


class PumpRegistry:
    def __init__(self) -> None:
        self._pumps: dict[str, Pump] = {}

    def register(self, name: str, pump: Pump) -> None:
        self._pumps[name] = pump


@dataclass(frozen=True)
class Entry:
    name: str
    pump: Any

    def with_pump(self, pump):
        return replace(self, pump=pump)


@dataclass(frozen=True)
class Other:
    name: str
    pump: Any


class Row(NamedTuple):
    name: str
    pump: Any


class Model(BaseModel):
    name: str
    pump: Any


registry = PumpRegistry()

other = dataclasses.replace(Other("pump", Pump()), pump=Hand())
registry.register(other.name, other.pump)
text = "pump".replace("p", "b")
registry.register(text, Hand())

entry = Entry("pump", Pump()).with_pump(Hand)  # expect: REG202 certain
registry.register(entry.name, entry.pump)

row = Row("pump", Pump())._replace(pump=Hand)
registry.register(row.name, row.pump)  # expect: REG202 certain

model = Model(name="pump", pump=Pump()).model_copy(update={"pump": Hand})
registry.register(model.name, model.pump)  # expect: REG202 certain

defaults = {"pump": Hand, "name": "hand"}
registry.register("default", {**defaults, "pump": Hand()}["pump"])
registry.register("default_class", {"pump": Hand(), **defaults}["pump"])  # expect: REG202 certain


class Evolved(NamedTuple):
    name: str
    pump: Any


def renew(old: Evolved) -> None:
    new = evolve(old, pump=Hand)
    registry.register(new.name, new.pump)  # expect: REG202 certain

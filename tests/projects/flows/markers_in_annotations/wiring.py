"""What a framework hands in: named in an annotation, written out or behind an alias in another module."""

from functools import cache
from typing import Annotated, Optional

from fastapi import Depends


class Lamp:
    name = "lamp"

    def execute(self): ...


class Torch(Lamp):
    name = "torch"


class LampRegistry:
    def __init__(self) -> None:
        self._lamps: dict[str, Lamp] = {}

    def register(self, lamp: Lamp) -> None:
        self._lamps[lamp.name] = lamp


@cache
def get_lamps() -> LampRegistry:
    return LampRegistry()


def found():
    return [Torch]


def made():
    return [Torch()]


Lamps = Annotated[LampRegistry, Depends(get_lamps)]
MaybeLamps = Optional[LampRegistry]

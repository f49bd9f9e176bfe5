"""A named tuple is unpacked and asked by position: each field is what was passed for it."""

from typing import NamedTuple


class Stamp:
    name = "stamp"

    def execute(self): ...


class Penny(Stamp):
    name = "penny"


class StampRegistry:
    def __init__(self) -> None:
        self._stamps: dict[str, Stamp] = {}

    def register(self, stamp: Stamp) -> None:
        self._stamps[stamp.name] = stamp


class Lot(NamedTuple):
    number: int
    stamp: object


class Sold(NamedTuple):
    number: int
    stamp: object


registry = StampRegistry()


def lots():
    return [Lot(1, Penny), Lot(2, Penny)]


def sold():
    yield Sold(1, Penny())


number, stamp = Lot(3, Penny)
registry.register(stamp)  # expect: REG202 certain
registry.register(number)
registry.register(Lot(4, Penny)[1])  # expect: REG202 certain

for number, stamp in lots():
    registry.register(stamp)  # expect: REG202 certain

for number, stamp in sold():
    registry.register(stamp)
    registry.register(number)

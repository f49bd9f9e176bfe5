"""A typed dict is made by a call: its keywords are its keys."""

from typing import TypedDict


class Door:
    name = "door"

    def execute(self): ...


class Gate(Door):
    name = "gate"


class DoorRegistry:
    def __init__(self) -> None:
        self._doors: dict[str, Door] = {}

    def register(self, door: Door) -> None:
        self._doors[door.name] = door


class Parts(TypedDict, total=False):
    door: object
    kind: object


def parts() -> Parts:
    return Parts(door=Gate(), kind=Gate)


def build(registry: DoorRegistry):
    made = parts()
    registry.register(made["door"])
    registry.register(made["kind"])  # expect: REG202 certain
    for door in Parts(door=Gate).values():
        registry.register(door)  # expect: REG202 certain

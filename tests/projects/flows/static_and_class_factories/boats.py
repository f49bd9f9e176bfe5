"""Factories of every sort give instances; a method that chooses a class gives a class."""

from __future__ import annotations


class Boat:
    name = "boat"

    def run(self): ...

    @classmethod
    def launch(cls) -> Boat:
        return cls()

    @staticmethod
    def build() -> Boat:
        return Raft()

    @classmethod
    def revive(cls):
        boat = cls.__new__(cls)
        boat.age = 0
        return boat

    @classmethod
    def kind(cls):
        return cls


class Raft(Boat):
    name = "raft"


class BoatRegistry:
    def __init__(self) -> None:
        self._boats: dict[str, Boat] = {}

    def add_boat(self, name: str, boat: Boat) -> None:
        self._boats[name] = boat

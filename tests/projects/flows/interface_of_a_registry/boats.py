"""Callers know an interface only: what is registered there, is in the registry that implements it."""

from abc import ABC, abstractmethod
from typing import Protocol


class Boat:
    name = "boat"

    def execute(self): ...


class Canoe(Boat):
    name = "canoe"


class Harbour(Protocol):
    def register(self, name: str, boat: Boat) -> None: ...


class BaseBoatRegistry(ABC):
    @abstractmethod
    def register_boat(self, boat: Boat, name: str | None = None) -> None:
        """Keep a boat."""

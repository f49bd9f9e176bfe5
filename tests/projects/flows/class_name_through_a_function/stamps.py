"""The key is made by a function in another module."""

from naming import key_of


class Stamp:
    def run(self): ...


class StampRegistry:
    def __init__(self) -> None:
        self._stamps: dict[str, Stamp] = {}

    def register(self, key: str, stamp: Stamp) -> None:
        self._stamps[key] = stamp


def collect(registry: StampRegistry, stamps: list[Stamp]) -> None:
    for stamp in stamps:
        registry.register(key_of(stamp), stamp)

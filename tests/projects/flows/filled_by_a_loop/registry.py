from typing import Iterable

from lamps import Lamp


class LampRegistry:
    def __init__(self, lamps: Iterable[Lamp] = ()) -> None:
        self._lamps: dict[str, Lamp] = {}
        for lamp in lamps:
            self._lamps[lamp.name] = lamp

    def get(self, name: str) -> Lamp:
        return self._lamps[name]

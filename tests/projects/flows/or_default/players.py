"""`x or Default()` is an instance, `x or Default` may be a class."""

from __future__ import annotations


class Player:
    name = "player"

    def run(self): ...


class Silent(Player):
    name = "silent"


class PlayerRegistry:
    def __init__(self) -> None:
        self._players: dict[str, Player] = {}

    def register(self, name: str, player: Player) -> None:
        self._players[name] = player


class Stage:
    def __init__(self, registry: PlayerRegistry) -> None:
        self.registry = registry

    def enter(self, name: str, player: Player | None = None) -> None:
        self.registry.register(name, player or Silent())

    def enter_badly(self, name: str, player: Player | None = None) -> None:
        self.registry.register(name, player or Silent)  # expect: REG202 certain

    def enter_by_choice(self, name: str, player: Player | None) -> None:
        chosen = Silent if player is None else player
        self.registry.register(name, chosen)  # expect: REG202 certain

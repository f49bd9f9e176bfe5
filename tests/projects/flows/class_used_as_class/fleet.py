"""Near misses: a class used as a class beside a registration that is right."""


class Ship:
    name = "ship"

    def run(self): ...


class Tug(Ship):
    name = "tug"


class ShipRegistry:
    def __init__(self) -> None:
        self._ships: dict[str, Ship] = {}
        self._kinds: set[type[Ship]] = set()

    def register(self, name: str, ship: Ship, kind: type[Ship] | None = None) -> None:
        self._ships[name] = ship
        if kind is not None:
            self._kinds.add(kind)

    def unregister(self, name: str) -> None:
        self._ships.pop(name, None)

    def of_kind(self, kind: type[Ship]) -> list[Ship]:
        return [ship for ship in self._ships.values() if isinstance(ship, kind)]


registry = ShipRegistry()
registry.register("tug", Tug(), kind=Tug)
registry.register(Tug.name, Tug(), Tug)
registry.of_kind(Tug)
registry.unregister(Tug.name)
print(sorted([Tug, Ship], key=lambda kind: kind.name))

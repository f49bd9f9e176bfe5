from boats import BaseBoatRegistry, Boat, Harbour


class HarbourRegistry(Harbour):
    def __init__(self) -> None:
        self._boats: dict[str, Boat] = {}

    def register(self, name: str, boat: Boat) -> None:
        self._boats[name] = boat


class BoatRegistry(BaseBoatRegistry):
    def __init__(self) -> None:
        self._boats: dict[str, Boat] = {}

    def register_boat(self, boat: Boat, name: str | None = None) -> None:
        self._boats[name or boat.name] = boat

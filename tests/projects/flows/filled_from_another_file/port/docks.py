"""Lists and dicts of a module that other files fill: through the module, under another name, in its place."""

SHIPS = []
BOATS = []
RAFTS = []
BARGES = []
LATER = None
BY_NAME = {}
IDLE = []


class Vessel:
    name = "vessel"

    def execute(self): ...


class VesselRegistry:
    def __init__(self) -> None:
        self._vessels: dict[str, Vessel] = {}

    def register(self, vessel: Vessel) -> None:
        self._vessels[vessel.name] = vessel

"""What tests do with a registry is not production's business; a fixture is no caller."""


class Carrier:
    name = "carrier"

    def execute(self): ...


class Bike(Carrier):
    name = "bike"


class CarrierRegistry:
    def __init__(self) -> None:
        self._carriers: dict[str, Carrier] = {}

    def register(self, name: str, carrier: Carrier) -> None:
        self._carriers[name] = carrier


def enlist(registry: CarrierRegistry, carrier) -> None:
    registry.register(carrier.name, carrier)


enlist(CarrierRegistry(), Bike())

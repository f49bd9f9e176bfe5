from boats import BaseBoatRegistry, Canoe, Harbour


def moor(harbour: Harbour, registry: BaseBoatRegistry):
    harbour.register("canoe", Canoe())
    harbour.register("other", Canoe)  # expect: REG202 certain
    registry.register_boat(Canoe())
    registry.register_boat(Canoe)  # expect: REG202 certain


def named(registry: BaseBoatRegistry, boat):
    registry.register_boat(boat, boat.name or type(boat).__name__)  # expect: REG301 certain

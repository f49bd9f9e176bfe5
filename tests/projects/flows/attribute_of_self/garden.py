"""An attribute that another method sets, in the class itself and in its base."""


class Plant:
    name = "plant"

    def run(self): ...


class Rose(Plant):
    name = "rose"


class PlantRegistry:
    def __init__(self) -> None:
        self._plants: dict[str, Plant] = {}

    def register(self, name: str, plant: Plant) -> None:
        self._plants[name] = plant


class Bed:
    def __init__(self):
        self.registry = PlantRegistry()
        self.sown = []

    def sow(self):
        self.sown.append(Rose)
        self.potted = [Rose()]
        self.seed = Rose


class RoseBed(Bed):
    def grow(self):
        for plant in self.sown:
            self.registry.register(plant.name, plant)  # expect: REG202 certain
        for plant in self.potted:
            self.registry.register(plant.name, plant)
        self.registry.register("seed", self.seed)  # expect: REG202 certain
        self.registry.register("grown", self.seed())

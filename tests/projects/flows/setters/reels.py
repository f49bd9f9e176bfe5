"""What a property is set to is what its setter is given."""


class Bait:
    name = "bait"

    def execute(self): ...


class Fly(Bait):
    name = "fly"


class BaitRegistry:
    def __init__(self) -> None:
        self._baits: dict[str, Bait] = {}

    def register(self, bait: Bait) -> None:
        self._baits[bait.name] = bait


class Reel:
    def __init__(self, registry: BaitRegistry) -> None:
        self.registry = registry

    @property
    def baits(self):
        return self._baits

    @baits.setter
    def baits(self, baits) -> None:
        self._baits = baits
        for bait in baits:
            self.registry.register(bait)


class Rod:
    def __init__(self) -> None:
        self.baits = [Fly]


reel = Reel(BaitRegistry())
reel.baits = [Fly]  # expect: REG202 certain
reel.baits = [Fly()]
for bait in reel.baits:
    BaitRegistry().register(bait)  # expect: REG202 certain

"""A metaclass puts the classes that it makes into a list."""

CLASSES = []


class Meta(type):
    def __new__(mcs, name, bases, ns):
        cls = super().__new__(mcs, name, bases, ns)
        CLASSES.append(cls)
        return cls


class Seed(metaclass=Meta):
    name = "seed"

    def execute(self): ...


class Bean(Seed):
    name = "bean"


class SeedRegistry:
    def __init__(self) -> None:
        self._seeds: dict[str, Seed] = {}

    def register(self, seed: Seed) -> None:
        self._seeds[seed.name] = seed


def fill(registry: SeedRegistry):
    for seed in CLASSES:
        registry.register(seed)  # expect: REG202 certain

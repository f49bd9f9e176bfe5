from seeds import ALL, Seed


class SeedRegistry:
    def __init__(self) -> None:
        self._seeds: dict[str, Seed] = {}

    def register(self, seed: Seed) -> None:
        self._seeds[seed.name] = seed


def fill(registry: SeedRegistry):
    for seed in ALL:
        registry.register(seed)  # expect: REG202 certain

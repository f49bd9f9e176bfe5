from seeds import Seed


class SeedRegistry:
    def __init__(self) -> None:
        self._seeds: dict[str, Seed] = {}

    def register(self, seed: Seed) -> None:
        self._seeds[seed.name] = seed

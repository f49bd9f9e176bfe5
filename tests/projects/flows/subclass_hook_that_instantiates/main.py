"""`__init_subclass__` registers an instance of each class."""


class SeedRegistry:
    def __init__(self) -> None:
        self._seeds: "dict[str, Seed]" = {}

    def register(self, seed: "Seed") -> None:
        self._seeds[seed.name] = seed


registry = SeedRegistry()


class Seed:
    name = "seed"

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        registry.register(cls())

    def execute(self): ...


class Bean(Seed):
    name = "bean"

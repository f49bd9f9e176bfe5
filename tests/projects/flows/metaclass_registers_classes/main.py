"""A metaclass registers the classes that it makes where classes belong."""


class SeedRegistry:
    def __init__(self) -> None:
        self._seeds: "dict[str, Seed]" = {}
        self._classes: "dict[str, type[Seed]]" = {}

    def register(self, seed: "Seed") -> None:
        self._seeds[seed.name] = seed

    def register_class(self, seed: "type[Seed]") -> None:
        self._classes[seed.__name__] = seed


registry = SeedRegistry()


class Meta(type):
    def __init__(cls, name, bases, ns):
        super().__init__(name, bases, ns)
        registry.register_class(cls)


class Seed(metaclass=Meta):
    name = "seed"

    def execute(self): ...


class Bean(Seed):
    name = "bean"


registry.register(Bean())

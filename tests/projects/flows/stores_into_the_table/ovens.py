"""A registry's own table is a way in, too: from its methods, from outside, and by `registry[…] = …`."""


class Oven:
    name = "oven"

    def execute(self): ...


class Gas(Oven):
    name = "gas"


class OvenRegistry:
    def __init__(self) -> None:
        self.ovens: dict[str, Oven] = {}

    def register(self, name: str, oven: Oven) -> None:
        self.ovens[name] = oven

    def load_defaults(self) -> None:
        for oven in [Gas]:
            self.ovens[oven.name] = oven  # expect: REG202 certain
        for kind in [Gas]:
            self.ovens[kind.name] = kind()

    def __setitem__(self, name: str, oven: Oven) -> None:
        self.register(name, oven)


registry = OvenRegistry()
registry["gas"] = Gas()
registry["wood"] = Gas  # expect: REG202 certain
registry.ovens["coal"] = Gas  # expect: REG202 certain
registry.ovens["oil"] = Gas()

class Kite:
    name = "kite"

    def execute(self): ...


class Delta(Kite):
    name = "delta"


class KiteRegistry:
    def __init__(self) -> None:
        self._kites: dict[str, Kite] = {}

    def register(self, kite: Kite) -> None:
        self._kites[kite.name] = kite


def fill(registry: KiteRegistry, kites):
    for kite in kites:
        registry.register(kite)


def fill_all(registry: KiteRegistry, *kites, quick=None):
    for kite in kites:
        registry.register(kite)
    if quick:
        registry.register(quick)

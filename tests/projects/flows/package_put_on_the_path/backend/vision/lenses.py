class Lens:
    name = "lens"

    def execute(self): ...


class Wide(Lens): ...


class LensRegistry:
    def __init__(self) -> None:
        self._lenses: dict[str, Lens] = {}

    def register(self, name: str, lens: Lens) -> None:
        self._lenses[name] = lens

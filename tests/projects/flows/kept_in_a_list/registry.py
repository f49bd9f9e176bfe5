from lamps import Lamp


class LampRegistry:
    def __init__(self, lamps: list[Lamp]) -> None:
        self.lamps = list(lamps)

    def get(self, name: str) -> Lamp:
        return next(t for t in self.lamps if t.name == name)

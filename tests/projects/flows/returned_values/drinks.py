class Drink:
    name = "drink"

    def run(self): ...


class Tea(Drink):
    name = "tea"


class Milk(Drink):
    name = "milk"


class DrinkRegistry:
    def __init__(self) -> None:
        self._drinks: dict[str, Drink] = {}

    def register(self, name: str, drink: Drink) -> None:
        self._drinks[name] = drink

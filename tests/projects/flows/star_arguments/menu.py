"""Positional and keyword arguments that are packed and unpacked on the way."""


class Dish:
    name = "dish"

    def execute(self): ...


class Soup(Dish):
    name = "soup"


class Stew(Dish):
    name = "stew"


class DishRegistry:
    def __init__(self) -> None:
        self._dishes: dict[str, Dish] = {}

    def register(self, name: str, dish: Dish) -> None:
        self._dishes[name] = dish


menu = DishRegistry()


def offer(*dishes):
    for dish in dishes:
        menu.register(dish.name, dish)


def offer_named(**dishes):
    for name, dish in dishes.items():
        menu.register(name, dish)


def offer_one(name, dish):
    menu.register(name, dish)

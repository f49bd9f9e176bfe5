"""A loop over an object: what its `__iter__` hands out, or its `__next__`."""


class Fruit:
    name = "fruit"

    def execute(self): ...


class Plum(Fruit):
    name = "plum"


class Pear(Fruit):
    name = "pear"


class FruitRegistry:
    def __init__(self) -> None:
        self._fruits: dict[str, Fruit] = {}

    def register(self, fruit: Fruit) -> None:
        self._fruits[fruit.name] = fruit

    def __iter__(self):
        return iter(self._fruits.values())


class Basket:
    def __init__(self) -> None:
        self.fruits = [Plum]

    def __iter__(self):
        return iter(self.fruits)


class Crate:
    def __iter__(self):
        yield "pear", Pear
        yield "plum", Plum()


class Belt:
    def __iter__(self):
        return self

    def __next__(self):
        return Pear()


registry = FruitRegistry()
for fruit in Basket():
    registry.register(fruit)  # expect: REG202 certain
for name, fruit in Crate():
    registry.register(fruit)  # expect: REG202 certain
for fruit in Belt():
    registry.register(fruit)
for fruit in registry:
    FruitRegistry().register(fruit)

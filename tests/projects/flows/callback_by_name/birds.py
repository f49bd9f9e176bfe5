"""A function that registers is handed on by its name, and called in another module."""

from walk import each


class Bird:
    name = "bird"

    def run(self): ...


class Owl(Bird):
    name = "owl"


class Wren(Bird):
    name = "wren"


class BirdRegistry:
    def __init__(self) -> None:
        self._birds: dict[str, Bird] = {}

    def register(self, name: str, bird: Bird) -> None:
        self._birds[name] = bird


aviary = BirdRegistry()


def ring(bird):
    aviary.register(bird.name, bird)


each([Owl, Wren], ring)  # expect: REG202 certain
each([Owl(), Wren()], ring)

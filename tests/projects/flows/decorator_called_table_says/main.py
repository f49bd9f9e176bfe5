"""A called decorator puts a class into a table that is declared to hold instances."""


class Knot:
    name = "knot"

    def execute(self): ...


class KnotRegistry:
    def __init__(self) -> None:
        self._knots: dict[str, Knot] = {}

    def register(self, name: str):
        def wrap(knot):
            self._knots[name] = knot
            return knot

        return wrap


registry = KnotRegistry()


@registry.register("hitch")  # expect: REG202 certain
class Hitch(Knot):
    name = "hitch"

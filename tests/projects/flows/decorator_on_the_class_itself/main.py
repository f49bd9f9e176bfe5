"""A registry that is its class: the decorator is a class method."""


class Knot:
    name = "knot"

    def execute(self): ...


class KnotRegistry:
    _knots: dict[str, Knot] = {}

    @classmethod
    def register(cls, name: str):
        def wrap(knot):
            cls._knots[name] = knot
            return knot

        return wrap


@KnotRegistry.register("hitch")  # expect: REG202 certain
class Hitch(Knot):
    name = "hitch"

"""A decorator that makes an instance where it is put on a class."""

import inspect


class Knot:
    name = "knot"

    def execute(self): ...


class KnotRegistry:
    def __init__(self) -> None:
        self._knots: dict[str, Knot] = {}

    def register(self, name: str):
        def wrap(thing):
            knot = thing() if inspect.isclass(thing) else thing
            self._knots[name] = knot
            return thing

        return wrap


registry = KnotRegistry()


@registry.register("hitch")
class Hitch(Knot):
    name = "hitch"

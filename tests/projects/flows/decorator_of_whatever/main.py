"""A decorator of classes; nothing says that anything else is wanted."""


class Knot:
    name = "knot"

    def execute(self): ...


class KnotRegistry:
    def __init__(self) -> None:
        self._knots = {}

    def register(self, name: str):
        def wrap(cls):
            self._knots[name] = cls
            return cls

        return wrap


registry = KnotRegistry()


@registry.register("hitch")
class Hitch(Knot):
    name = "hitch"

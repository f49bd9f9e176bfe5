"""A decorator that makes an instance of the class below it."""


class Knot:
    name = "knot"

    def execute(self): ...


class KnotRegistry:
    def __init__(self) -> None:
        self._knots: dict[str, Knot] = {}

    def register(self, name: str):
        def wrap(cls):
            self._knots[name] = cls()
            return cls

        return wrap


registry = KnotRegistry()


@registry.register("hitch")
class Hitch(Knot):
    name = "hitch"

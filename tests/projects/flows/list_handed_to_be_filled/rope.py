"""A list is handed to functions that put something into it; what one call puts there is not in the list of another."""


class Knot:
    name = "knot"

    def execute(self): ...


class Bowline(Knot):
    name = "bowline"


class KnotRegistry:
    def __init__(self) -> None:
        self._knots: dict[str, Knot] = {}

    def register(self, knot: Knot) -> None:
        self._knots[knot.name] = knot


def add_defaults(knots):
    knots.append(Bowline)


def add_made(knots):
    knots.append(Bowline())


def add(knots, *, knot):
    knots.append(knot)


def add_later(knots):
    add_defaults(knots)


class Loader:
    def load(self, into):
        into["bowline"] = Bowline

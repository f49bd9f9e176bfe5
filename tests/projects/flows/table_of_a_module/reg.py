from knots import Knot, Splice

TOOLS: dict[str, Knot] = {}


def register_knot(name, knot):
    TOOLS[name] = knot


def get_knot(name) -> Knot:
    return TOOLS[name]


TOOLS["splice"] = Splice()
TOOLS["splice2"] = Splice  # expect: REG202 certain

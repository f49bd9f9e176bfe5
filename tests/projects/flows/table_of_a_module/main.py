from knots import Hitch
from reg import TOOLS, register_knot

register_knot("hitch", Hitch())
register_knot("hitch", Hitch)  # expect: REG202 certain
TOOLS["x"] = Hitch  # expect: REG202 certain
TOOLS["y"] = Hitch()

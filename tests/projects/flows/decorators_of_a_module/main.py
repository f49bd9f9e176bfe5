from knots import Knot
from reg import register, register_knot


@register("hitch")  # expect: REG202 certain
class Hitch(Knot):
    name = "hitch"


@register_knot  # expect: REG202 certain
class Splice(Knot):
    name = "hitch"

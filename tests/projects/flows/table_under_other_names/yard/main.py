import yard
import yard.stock
import yard.stock as s
from yard import stock
from yard.stock import KIND_REGISTRY as kinds
from yard.stock import MASTS as masts
from yard.stock import Mizzen, register_mast

masts["a"] = Mizzen  # expect: REG202 certain
masts["b"] = Mizzen()
yard.MASTS["c"] = Mizzen  # expect: REG202 certain
yard.stock.MASTS["d"] = Mizzen  # expect: REG202 certain
s.MASTS.update({"e": Mizzen})  # expect: REG202 certain
stock.SAIL_REGISTRY["f"] = Mizzen  # expect: REG202 certain
stock.SAIL_REGISTRY["f"] = Mizzen()
register_mast("g", Mizzen)  # expect: REG202 certain
kinds["h"] = Mizzen
stock.KIND_REGISTRY["i"] = Mizzen


def load():
    table = stock.MASTS
    table["j"] = Mizzen  # expect: REG202 certain
    table["k"] = Mizzen()
    other = {}
    other["l"] = Mizzen

"""Names that come by way of star imports, re-exports and module aliases."""

import zoo as park
from zoo import *

registry = Registry()
registry.register("lion", Lion())
registry.register("zebra", Zebra)  # expect: REG202 certain
park.Registry().register("lion", park.Lion)  # expect: REG202 certain

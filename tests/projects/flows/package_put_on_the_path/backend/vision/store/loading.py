from lenses import LensRegistry, Wide


def load(registry: LensRegistry) -> None:
    registry.register("wide", Wide())
    registry.register("wide_class", Wide)  # expect: REG202 certain

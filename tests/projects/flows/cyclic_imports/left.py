"""Modules that import each other, and a name that goes round before it arrives."""

from right import Other, registry as shared


class Item:
    name = "item"

    def run(self): ...


class Left(Item):
    name = "left"


def fill():
    shared.register("left", Left)  # expect: REG202 certain
    shared.register("other", Other())

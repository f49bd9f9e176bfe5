"""An enumeration whose values are classes: by name, in a loop, and of any member."""

from enum import Enum


class Gem:
    name = "gem"

    def execute(self): ...


class Ruby(Gem):
    name = "ruby"


class Opal(Gem):
    name = "opal"


class Kind(Enum):
    RUBY = Ruby
    OPAL = Opal


class Made(Enum):
    RUBY = Ruby()


class Box:
    def __init__(self) -> None:
        self.value = Ruby()


class GemRegistry:
    def __init__(self) -> None:
        self._gems: dict[str, Gem] = {}

    def register(self, name: str, gem: Gem) -> None:
        self._gems[name] = gem


registry = GemRegistry()
for kind in Kind:
    registry.register(kind.name, kind.value)  # expect: REG202 certain
for made in Made:
    registry.register(made.name, made.value)
registry.register("ruby", Kind.RUBY.value)  # expect: REG202 certain
registry.register("opal", Kind.OPAL.value())
registry.register("box", Box().value)


def chosen(kind: Kind) -> None:
    registry.register("any", kind.value)  # expect: REG202 certain

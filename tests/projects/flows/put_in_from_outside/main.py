from base import Flute, Oboe, ReedRegistry

registry = ReedRegistry()

from dataclasses import dataclass, field


@dataclass
class Bundle:
    reeds: list = field(default_factory=list)


def fill(b: Bundle):
    b.reeds.append(Oboe)
    b.reeds.append(Flute())


def use(b: Bundle):
    for t in b.reeds:
        registry.register(t)  # expect: REG202 certain

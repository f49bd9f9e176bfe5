"""Classes that are made instances on the way, or left out by a filter."""


class Oar:
    name = "oar"

    def execute(self): ...


class Scull(Oar): ...


class OarRegistry:
    def __init__(self) -> None:
        self._oars: dict[str, Oar] = {}

    def register(self, oar: Oar) -> None:
        self._oars[oar.name] = oar


registry = OarRegistry()


def ensure(t):
    return t() if isinstance(t, type) else t


list(map(registry.register, map(ensure, [Scull, Scull()])))
list(map(lambda t: registry.register(ensure(t)), [Scull]))
list(map(lambda t: registry.register(t()), [Scull]))
for t in filter(lambda t: not isinstance(t, type), [Scull, Scull()]):
    registry.register(t)
for t in filter(ensure, [Scull]):
    registry.register(t)  # expect: REG202 certain
import inspect
import itertools

for t in filter(inspect.isclass, [Scull()]):
    registry.register(t)
for t in filter(inspect.isclass, [Scull]):
    registry.register(t)  # expect: REG202 certain
for t in itertools.filterfalse(inspect.isclass, [Scull, Scull()]):
    registry.register(t)


def is_ready(t):
    return not isinstance(t, type)


for t in filter(is_ready, [Scull, Scull()]):
    registry.register(t)

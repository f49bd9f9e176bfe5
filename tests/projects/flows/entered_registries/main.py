"""A registry that is a context manager, entered by with and by an ExitStack."""

from contextlib import ExitStack


class Oar:
    name = "oar"

    def execute(self): ...


class Scull(Oar): ...


class OarRegistry:
    def __init__(self) -> None:
        self._oars: dict[str, Oar] = {}

    def register(self, oar: Oar) -> None:
        self._oars[oar.name] = oar

    def __enter__(self):
        return self

    def __exit__(self, *a): ...


with OarRegistry() as registry:
    registry.register(Scull)  # expect: REG202 certain
with ExitStack() as stack:
    r = stack.enter_context(OarRegistry())
    r.register(Scull)  # expect: REG202 certain
    r.register(Scull())

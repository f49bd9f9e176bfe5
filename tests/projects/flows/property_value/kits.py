"""A property's value is what its function returns."""

from functools import cached_property


class Saw:
    name = "saw"

    def execute(self): ...


class SawRegistry:
    def __init__(self) -> None:
        self._saws: dict[str, Saw] = {}

    def register(self, name: str, saw: Saw) -> None:
        self._saws[name] = saw


class Kit:
    @property
    def ready(self):
        return Saw()

    @property
    def kind(self):
        return Saw

    @cached_property
    def spare(self) -> Saw:
        return Saw()


def unpack(kit: Kit, registry: SawRegistry) -> None:
    registry.register("ready", kit.ready)
    registry.register("spare", kit.spare)
    registry.register("kind", kit.kind)  # expect: REG202 certain

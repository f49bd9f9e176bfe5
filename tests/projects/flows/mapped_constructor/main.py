"""Classes that a mapped function or lambda makes instances of: nothing is wrong."""


class Bell:
    name = "bell"

    def execute(self): ...


class Gong(Bell):
    name = "gong"


class BellRegistry:
    def __init__(self) -> None:
        self._bells: dict[str, Bell] = {}

    def register(self, bell: Bell) -> None:
        self._bells[bell.name] = bell


registry = BellRegistry()
for bell in map(lambda c: c(), [Gong]):
    registry.register(bell)


def make(c):
    return c()


list(map(registry.register, map(make, [Gong])))


def build(cls):
    bell = cls()
    registry.register(bell)


list(map(build, [Gong]))

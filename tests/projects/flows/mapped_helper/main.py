"""A helper that is mapped over a list; what a pool maps is known by its name alone."""


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


def add(bell):
    registry.register(bell)


def good():
    list(map(add, [Gong()]))


def bad():
    list(map(add, [Gong]))  # expect: REG202 certain


def pool(executor):
    executor.map(add, [Gong()])
    executor.map(add, [Gong])  # expect: REG202 likely

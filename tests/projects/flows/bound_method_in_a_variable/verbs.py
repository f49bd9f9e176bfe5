"""A registering method that was put into a variable, or handed to a function, is the same method."""


class Verb:
    name = "verb"

    def execute(self): ...


class Open(Verb):
    name = "open"


class VerbRegistry:
    def __init__(self) -> None:
        self._verbs: dict[str, Verb] = {}

    def add(self, name: str, verb: Verb) -> None:
        self._verbs[name] = verb


registry = VerbRegistry()
add = registry.add
add("open", Open())
add("close", Open)  # expect: REG202 certain


def with_adder(adder):
    adder("peek", Open)  # expect: REG202 certain
    adder("poke", Open())


with_adder(registry.add)

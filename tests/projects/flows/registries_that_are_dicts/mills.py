"""A registry that is a dict or a list itself: its methods fill `self`, and so does `registry[key] = value`."""

from collections import UserDict


class Mill:
    name = "mill"

    def execute(self): ...


class Water(Mill):
    name = "water"


class MillRegistry(dict):
    def register(self, mill: Mill) -> None:
        self[mill.name] = mill

    def load(self, mills):
        for mill in mills:
            self[mill.name] = mill

    def load_all(self, mills):
        self.update({mill.name: mill for mill in mills})


class GuardedRegistry(UserDict):
    def __setitem__(self, name: str, mill: Mill) -> None:
        if name in self.data:
            raise KeyError(name)
        self.data[name] = mill

    def register(self, mill: Mill) -> None:
        self[mill.name] = mill


class StrictRegistry(dict):
    def __setitem__(self, name: str, mill: Mill) -> None:
        if name in self:
            raise KeyError(name)
        super().__setitem__(name, mill)


class MillListRegistry(list):
    def register(self, mill: Mill) -> None:
        self.append(mill)


registry = MillRegistry()
registry.register(Water)  # expect: REG202 certain
registry.register(Water())
registry["water"] = Water  # expect: REG202 certain
registry["wind"] = Water()
registry.update({"tide": Water})  # expect: REG202 certain
registry.load([Water])  # expect: REG202 certain
registry.load_all([Water])  # expect: REG202 certain
registry.load_all([Water()])

guarded = GuardedRegistry()
guarded["water"] = Water  # expect: REG202 certain
guarded.register(Water)  # expect: REG202 certain
guarded.register(Water())

strict = StrictRegistry()
strict["water"] = Water  # expect: REG202 certain
strict["wind"] = Water()

listed = MillListRegistry()
listed.register(Water)  # expect: REG202 certain
listed.append(Water)  # expect: REG202 certain
listed.append(Water())

"""A tuple of pairs, made into a dict; dicts behind one another."""

from collections import ChainMap


class Coin:
    name = "coin"

    def execute(self): ...


class Groat(Coin):
    name = "groat"


class CoinRegistry:
    def __init__(self) -> None:
        self._coins: dict[str, Coin] = {}

    def register(self, name: str, coin: Coin) -> None:
        self._coins[name] = coin


PAIRS = (("groat", Groat), ("penny", Groat))
MADE = (("groat", Groat()),)
registry = CoinRegistry()
for name, coin in dict(PAIRS).items():
    registry.register(name, coin)  # expect: REG202 certain
for name, coin in dict(MADE).items():
    registry.register(name, coin)
registry.register("groat", ChainMap({}, {"groat": Groat})["groat"])  # expect: REG202 certain

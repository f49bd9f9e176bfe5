"""Returned lists, awaited results, generators, and an annotation that the returned value contradicts."""

from drinks import Drink, DrinkRegistry, Milk, Tea


def kinds():
    return [Tea, Milk]


async def made():
    return [kind() for kind in kinds()]


def poured():
    for kind in kinds():
        yield kind()


def listed():
    yield from kinds()


def favourite() -> Drink:
    return Tea


async def open_bar(registry: DrinkRegistry):
    for drink in kinds():
        registry.register(drink.name, drink)  # expect: REG202 certain
    for drink in await made():
        registry.register(drink.name, drink)
    for drink in poured():
        registry.register(drink.name, drink)
    for drink in listed():
        registry.register(drink.name, drink)  # expect: REG202 certain
    registry.register("favourite", favourite())  # expect: REG202 certain

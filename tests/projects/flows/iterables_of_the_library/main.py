from base import Flute, Oboe, ReedRegistry

registry = ReedRegistry()

import functools
import itertools
import operator


def a():
    for t in itertools.chain([Oboe], [Flute()]):
        registry.register(t)  # expect: REG202 certain


def b():
    for t in itertools.chain.from_iterable([[Oboe], [Flute]]):
        registry.register(t)  # expect: REG202 certain


def c():
    for t in functools.reduce(operator.add, [[Oboe], [Flute]]):
        registry.register(t)  # expect: REG202 certain


def d():
    for t in functools.reduce(lambda acc, k: acc + [k], [Oboe, Flute], []):  # expect: REG202 certain
        registry.register(t)


def e():
    for t in functools.reduce(lambda acc, k: acc + [k()], [Oboe, Flute], []):
        registry.register(t)


def f():
    for t in sorted([Oboe, Flute], key=lambda c: c.name):
        registry.register(t)  # expect: REG202 certain


def g():
    for t in sum([[Oboe], [Flute]], []):
        registry.register(t)  # expect: REG202 certain


def h():
    for t in itertools.islice([Oboe, Flute], 1):
        registry.register(t)  # expect: REG202 certain


def i():
    for t in filter(lambda c: c.name, [Oboe()]):
        registry.register(t)


def k():
    for t in itertools.filterfalse(None, [Oboe]):
        registry.register(t)


def l():
    for a, t in itertools.product("ab", [Oboe]):
        registry.register(t)  # expect: REG202 certain

from base import Flute, Oboe, ReedRegistry

registry = ReedRegistry()

names = ["a", "b"]


def a():
    table = dict(zip(names, [Oboe, Flute]))
    for t in table.values():
        registry.register(t)  # expect: REG202 certain


def b():
    table = dict.fromkeys(names, Oboe)
    for t in table.values():
        registry.register(t)  # expect: REG202 certain


def c():
    from collections import OrderedDict, defaultdict

    table = defaultdict(list)
    table["x"].append(Oboe)
    for ts in table.values():
        for t in ts:
            registry.register(t)  # expect: REG202 certain
    od = OrderedDict(a=Oboe)
    for t in od.values():
        registry.register(t)  # expect: REG202 certain
    od2 = OrderedDict([("a", Oboe())])
    for t in od2.values():
        registry.register(t)


def d():
    reeds = [Oboe] * 2
    for t in reeds:
        registry.register(t)  # expect: REG202 certain


def e():
    t, *rest = [Oboe, Flute()]
    registry.register(t)  # expect: REG202 certain


def f():
    reeds = []
    reeds.extend(c for c in (Oboe,))
    reeds += [Oboe()]
    registry.register(reeds.pop())  # expect: REG202 certain

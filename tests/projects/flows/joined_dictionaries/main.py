from base import Flute, Oboe, ReedRegistry

registry = ReedRegistry()

A = {"oboe": Oboe}
B = {"flute": Flute()}
C = {"s": Oboe()}


def a():
    for t in (A | B).values():
        registry.register(t)  # expect: REG202 certain


def b():
    for t in {**A, **B}.values():
        registry.register(t)  # expect: REG202 certain


def c():
    for t in {**C, **B}.values():
        registry.register(t)


def d():
    for t in dict(**A, **B).values():
        registry.register(t)  # expect: REG202 certain


def e():
    both = {}
    both |= A
    registry.register(both["oboe"])  # expect: REG202 certain


def f():
    both = {**{**A, **B}}
    registry.register(both["oboe"])  # expect: REG202 certain
    registry.register(both["flute"])


def g():
    both = A | B
    registry.register(both["oboe"])  # expect: REG202 certain
    registry.register(both["flute"])


def h():
    both = {}
    both.update(A)
    for t in both.values():
        registry.register(t)  # expect: REG202 certain


def i(**reeds):
    for t in reeds.values():
        registry.register(t)  # expect: REG202 certain


i(**{**A, **B})
i(**{**C, **B})

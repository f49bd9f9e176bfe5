from collections import deque
from itertools import starmap

from base import BellRegistry, Gong

CLASSES = [Gong]
INSTANCES = [Gong()]
PAIRS = [("a", Gong)]
GOODPAIRS = [("a", Gong())]
registry = BellRegistry()


def a():
    list(map(registry.register, INSTANCES))
    list(map(registry.register, CLASSES))  # expect: REG202 certain


def b():
    [registry.register(t) for t in INSTANCES]
    [registry.register(t) for t in CLASSES]  # expect: REG202 certain


def c():
    deque(map(registry.register, INSTANCES), maxlen=0)
    deque(map(registry.register, CLASSES), maxlen=0)  # expect: REG202 certain


def d():
    for _ in map(registry.register, INSTANCES):
        pass
    for _ in map(registry.register, CLASSES):  # expect: REG202 certain
        pass


def e():
    list(starmap(registry.register_named, GOODPAIRS))
    list(starmap(registry.register_named, PAIRS))  # expect: REG202 certain


def f():
    list(map(registry.register_named, ["a"], INSTANCES))
    list(map(registry.register_named, ["a"], CLASSES))  # expect: REG202 certain


def g():
    list(map(lambda t: registry.register(t), INSTANCES))
    list(map(lambda t: registry.register(t), CLASSES))  # expect: REG202 certain


def h():
    any(registry.register(t) for t in INSTANCES)
    any(registry.register(t) for t in CLASSES)  # expect: REG202 certain

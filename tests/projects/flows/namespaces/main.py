from base import Flute, Oboe, ReedRegistry

registry = ReedRegistry()

from types import SimpleNamespace

ctx = SimpleNamespace(reeds=[Oboe], ready=[Oboe()])


def a():
    for t in ctx.reeds:
        registry.register(t)  # expect: REG202 certain
    for t in ctx.ready:
        registry.register(t)


def make(reeds):
    return SimpleNamespace(reeds=reeds)


def b():
    for t in make([Flute]).reeds:  # expect: REG202 certain
        registry.register(t)
    ns = SimpleNamespace()
    ns.one = Oboe
    registry.register(ns.one)  # expect: REG202 certain

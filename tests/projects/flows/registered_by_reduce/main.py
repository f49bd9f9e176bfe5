from base import Flute, Oboe, ReedRegistry

registry = ReedRegistry()

import functools


def put(reg, reed):
    reg.register(reed)
    return reg


functools.reduce(put, [Oboe(), Flute()], ReedRegistry())
functools.reduce(put, [Oboe, Flute], ReedRegistry())  # expect: REG202 certain

"""Dicts keyed by the name of a class that no class takes under the name of its metaclass."""


class Fern:
    def execute(self): ...


class Bracken(Fern): ...


class Named(Fern):
    name = "named"


def build(ferns):
    table = {}
    for t in ferns:
        if isinstance(t, type):
            t = t()
        table[type(t).__name__.lower()] = t
    return table


build([Bracken, Named])


def named(ferns):
    table = {}
    for t in ferns:
        name = getattr(t, "name", None) or type(t).__name__
        table[name] = t
    return table


named([Named, Bracken()])


def classes(ferns):
    table = {}
    for t in ferns:
        name = t.__name__ if isinstance(t, type) else type(t).__name__
        table[name] = t
    return table


classes([Bracken, Named])


def stats(items):
    out = {}
    for e in items:
        out[type(e).__name__] = str(e)
    return out


stats([Bracken])

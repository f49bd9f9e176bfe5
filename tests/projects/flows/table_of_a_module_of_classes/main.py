"""Dicts of modules that are meant for classes, by annotation, by name, by use."""


class Knot:
    name = "knot"

    def execute(self): ...


class Hitch(Knot): ...


class Splice(Knot): ...


TOOLS: dict[str, type[Knot]] = {}


def register_knot(name, knot):
    TOOLS[name] = knot


register_knot("a", Hitch)
REGISTRY = {}


def register(cls):
    REGISTRY[cls.__name__] = cls
    return cls


@register
class Read(Knot): ...


_REGISTRY: dict[str, Knot] = {}


def register_cls(cls):
    _REGISTRY[cls.__name__] = cls
    return cls


def make(name):
    return _REGISTRY[name]()


@register_cls
class Read2(Knot): ...

"""`__init_subclass__` puts classes into a list of its module."""

ALL = []


class Seed:
    name = "seed"

    def __init_subclass__(cls, **kw):
        ALL.append(cls)

    def execute(self): ...


class Bean(Seed):
    name = "bean"

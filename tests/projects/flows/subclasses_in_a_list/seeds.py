"""`__init_subclass__` puts classes into a list, which is registered later."""


class Seed:
    name = "seed"
    known: list = []

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Seed.known.append(cls)

    def execute(self): ...


class Bean(Seed):
    name = "bean"


class Corn(Seed):
    name = "corn"

"""A constructor and an update that make instances of the classes among what they are given."""

import inspect


class Oar:
    name = "oar"

    def execute(self): ...


class Scull(Oar): ...


class OarRegistry:
    def __init__(self, oars=()) -> None:
        self._oars: dict[str, Oar] = {}
        for oar in oars:
            if inspect.isclass(oar):
                oar = oar()
            self._oars[oar.name] = oar

    def update(self, **oars):
        self._oars.update({k: v() if isinstance(v, type) else v for k, v in oars.items()})

    def get(self, name):
        return self._oars[name]


OarRegistry([Scull, Scull()]).update(a=Scull)

"""A class method that makes a registry and fills the table of what it made."""


class Oar:
    name = "oar"

    def execute(self): ...


class Scull(Oar):
    name = "scull"


class OarRegistry:
    def __init__(self) -> None:
        self._oars: dict[str, Oar] = {}

    @classmethod
    async def create(cls, *oars: Oar) -> "OarRegistry":
        new = cls()
        for oar in oars:
            new._oars[oar.name] = oar
        return new

    def get(self, name):
        return self._oars[name]

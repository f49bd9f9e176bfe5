"""A base class asks itself for what its subclasses fill in; what it has itself is no hole to fill."""


class Bread:
    name = "bread"

    def execute(self): ...


class Rye(Bread):
    name = "rye"


class BreadRegistry:
    def __init__(self) -> None:
        self._breads: dict[str, Bread] = {}

    def register(self, bread: Bread) -> None:
        self._breads[bread.name] = bread


class Baker:
    breads: tuple = ()

    def loaves(self):
        return []

    def rolls(self):
        raise NotImplementedError

    def cakes(self):
        return [Rye()]

    def bake(self, registry: BreadRegistry) -> None:
        for bread in self.breads:
            registry.register(bread)  # expect: REG202 likely
        for bread in self.loaves():
            registry.register(bread)  # expect: REG202 likely
        for bread in self.rolls():
            registry.register(bread)
        for bread in self.cakes():
            registry.register(bread)


class Early(Baker):
    breads = (Rye,)

    def loaves(self):
        return [Rye]

    def rolls(self):
        return [Rye()]


class Late(Baker):
    def cakes(self):
        return [Rye]


class Oven:
    def loaves(self):
        return [Rye]


Baker().bake(BreadRegistry())

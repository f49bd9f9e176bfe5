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


class Mill:
    def __init__(self) -> None:
        self.flours = []
        self.sacks = None
        self.own = [Rye()]

    def grind(self, registry: BreadRegistry) -> None:
        for flour in self.flours:
            registry.register(flour)  # expect: REG202 likely
        for sack in self.sacks:
            registry.register(sack)  # expect: REG202 likely
        for one in self.own:
            registry.register(one)


class Windmill(Mill):
    def __init__(self) -> None:
        super().__init__()
        self.flours.append(Rye)
        self.sacks = [Rye]
        self.own = [Rye]


Windmill().grind(BreadRegistry())

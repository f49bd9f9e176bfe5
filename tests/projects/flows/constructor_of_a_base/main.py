"""One constructor for registries of classes and for those of instances."""


class BaseRegistry:
    def __init__(self, items) -> None:
        self._items = {i.name: i for i in items}

    def get(self, name):
        return self._items[name]


class Lamp:
    name = "lamp"

    def execute(self): ...


class Kind:
    name = "kind"


class KindRegistry(BaseRegistry):
    def make(self, name):
        return self._items[name]()


class LampRegistry(BaseRegistry):
    def execute(self, name):
        return self._items[name].execute()


KindRegistry([Kind])
LampRegistry([Lamp()])

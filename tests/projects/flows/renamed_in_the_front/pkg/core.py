class BaseRegistry:
    def __init__(self):
        self.items = {}

    def register(self, key, value):
        self.items[key] = value


class ScopedRegistry(BaseRegistry):
    pass


def make_registry():
    return BaseRegistry()

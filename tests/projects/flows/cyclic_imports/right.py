import left


class ItemRegistry:
    def __init__(self):
        self._items: dict[str, "left.Item"] = {}

    def register(self, name: str, item: "left.Item"):
        self._items[name] = item


class Other:
    def run(self): ...


registry = ItemRegistry()


def fill_from_the_right():
    registry.register("left", left.Left())

"""Seven that are given a class and may be: by their tables, by what they call, by what they wrap."""

from typing import Any, Callable, ClassVar, Dict, Type, Union
class Tool:
    name = "t"
    def run(self): ...
    @classmethod
    def build(cls): return cls()
class Search(Tool): ...
class AnyRegistry:
    def __init__(self):
        self._items: Dict[str, Any] = {}
    def register(self, name, item):
        self._items[name] = item
class ClassesRegistry:
    _items: ClassVar[dict[str, Type[Tool]]] = {}
    def register(self, name, item):
        self._items[name] = item
class MixedRegistry:
    def __init__(self):
        self._items: dict[str, Union[Tool, Type[Tool]]] = {}
    def register(self, name, item):
        self._items[name] = item
class WrappedRegistry:
    def __init__(self):
        self._items: dict[str, "Entry"] = {}
    def register(self, name, item):
        self._items[name] = Entry(item)
class Entry:
    def __init__(self, item): self.item = item
class BuildingRegistry:
    def __init__(self):
        self._items = {}
    def register(self, name, item):
        self._items[name] = item
    def make(self, name):
        return self._items[name].build()
class LazyRegistry:
    def __init__(self):
        self._items = {}
    def register(self, name, item):
        self._items[name] = item
    def get(self, name):
        item = self._items[name]
        if isinstance(item, type):
            item = self._items[name] = item()
        return item.run()
class FactoryRegistry:
    def __init__(self):
        self._items: dict[str, Callable[[], Tool]] = {}
    def register(self, name, item):
        self._items[name] = item
def main():
    AnyRegistry().register("a", Search)
    ClassesRegistry().register("a", Search)
    MixedRegistry().register("a", Search)
    WrappedRegistry().register("a", Search)
    BuildingRegistry().register("a", Search)
    LazyRegistry().register("a", Search)
    FactoryRegistry().register("a", Search)

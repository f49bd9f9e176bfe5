"""Names of classes in logs and counts, of classes that are registered as such, and of groups."""

import logging
class Base: ...
class Registry:
    def __init__(self):
        self._by_type = {}
        self._items = {}
    def register(self, name, item):
        logging.info("registering %s", type(item).__name__)
        self._items[name] = item
    def register_class(self, cls):
        self._items[cls.__name__] = cls
        return cls
    def register_function(self, func):
        self._items[func.__name__] = func
        return func
    def group(self, item):
        self._by_type.setdefault(type(item).__name__, []).append(item)
    def stats(self):
        counts = {}
        for item in self._items.values():
            counts[type(item).__name__] = counts.get(type(item).__name__, 0) + 1
        return counts
registry = Registry()
@registry.register_class
class A: ...
registry.register(A.__name__, A())
registry.register(Base.__name__.lower(), Base)

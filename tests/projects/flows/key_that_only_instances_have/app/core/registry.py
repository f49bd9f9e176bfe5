from abc import ABC
class UniversalRegistry(ABC):
    def __init__(self): self._items = {}
    def register(self, key, item):
        if key in self._items: raise ValueError(f"{key} already registered in {self.__class__.__name__}")
        self._items[key] = item
    def get(self, key): return self._items.get(key)
class ToolRegistry(UniversalRegistry): ...
class AgentRegistry(UniversalRegistry): ...
_g = {}
def get_global_registry(name):
    if name not in _g:
        _g[name] = {"tool": ToolRegistry, "agent": AgentRegistry}[name]()
    return _g[name]

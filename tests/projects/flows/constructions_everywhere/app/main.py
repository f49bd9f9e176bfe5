from app.registry import ToolRegistry, get_tool_registry
def outer():
    def make_it():
        return ToolRegistry()  # expect: REG101 certain
    return make_it()
build = lambda: ToolRegistry()  # expect: REG101 certain
def param(registry=None):
    registry = ToolRegistry() if registry is None else registry  # expect: REG101 certain
    return registry
class Service:
    registry = ToolRegistry()  # expect: REG101 certain
    def __init__(self, registry: ToolRegistry = ToolRegistry()):  # expect: REG101 certain
        self.r = registry
    @property
    def own(self):
        if not hasattr(self, "_r"):
            self._r = ToolRegistry()  # expect: REG101 certain
        return self._r

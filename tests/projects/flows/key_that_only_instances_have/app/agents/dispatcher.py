from app.core.registry import ToolRegistry
class ToolDispatcher:
    def __init__(self, tools=None):
        self._init()
        self._fill(tools or [])
    def _init(self):
        self.registry = ToolRegistry()  # expect: REG101 certain
    def _fill(self, tools):
        for t in tools:
            if hasattr(t, "name"):
                n = t.name
            else:
                n = getattr(t, "__class__", type(t)).__name__.lower()  # expect: REG301 certain
            self.registry.register(n, t)
    def find(self, name):
        return self.registry.get_tool(name)

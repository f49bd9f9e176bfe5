from app.registry import ToolRegistry
class Dispatcher:
    def __init__(self, tools=None):
        self.registry = ToolRegistry()
        for tool in tools or []:
            name = tool.name if hasattr(tool, "name") else getattr(tool, "__class__", type(tool)).__name__.lower()  # expect: REG301 certain
            self.registry.register(name, tool)

import importlib, inspect, pkgutil
from app.tools import Tool
class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register(self, tool: Tool):
        self._tools[tool.name] = tool
    def discover(self, package):
        for _, name, _ in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(name)
            for _, obj in inspect.getmembers(module, inspect.isclass):
                if issubclass(obj, Tool) and obj is not Tool:
                    self.register(obj)  # expect: REG202 likely
    def discover_dir(self, module):
        for attr in dir(module):
            obj = getattr(module, attr)
            if isinstance(obj, type) and issubclass(obj, Tool):
                self.register(obj)  # expect: REG202 likely
    def discover_vars(self, module):
        for obj in vars(module).values():
            if inspect.isclass(obj) and issubclass(obj, Tool) and obj is not Tool:
                self.register(obj())

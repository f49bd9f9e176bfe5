"""A helper that recases the name, `setdefault` and `update`; lookups store nothing."""

import re
def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register(self, tool):
        name = getattr(tool, "name", None) or snake(tool.__class__.__name__)  # expect: REG301 certain
        self._tools[name] = tool
class PluginRegistry:
    _plugins = {}
    @classmethod
    def register(cls, plugin_cls):
        cls._plugins[plugin_cls.__name__] = plugin_cls
        return plugin_cls
class HandlerRegistry:
    def __init__(self):
        self.handlers = {}
    def register(self, handler):
        self.handlers.update({handler.__class__.__name__: handler})  # expect: REG301 certain
    def add(self, handler):
        self.handlers.setdefault(type(handler).__name__, handler)  # expect: REG301 certain
    def has(self, handler):
        return type(handler).__name__ in self.handlers
    def get_by(self, handler):
        return self.handlers[type(handler).__name__]

"""A registry's own methods make others of its kind, which makes none of them a factory."""

class ToolRegistry:
    def __init__(self, parent=None):
        self._tools = {}
        self.parent = parent
    def register(self, name, tool):
        self._tools[name] = tool
    def child(self):
        return ToolRegistry(self)
    def copy(self):
        new = type(self)()
        new._tools.update(self._tools)
        return new
    @classmethod
    def from_dict(cls, data):
        self = cls()
        for name, tool in data.items():
            self.register(name, tool)
        return self

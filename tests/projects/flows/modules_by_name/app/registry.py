"""A class that is taken out of a module by `getattr`, and a module that is imported by its name."""

class ToolRegistry:
    def __init__(self):
        self.tools = {}

    def register(self, name, tool):
        self.tools[name] = tool


def get_tool_registry():
    return ToolRegistry()

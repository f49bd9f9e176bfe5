"""Nested functions, lambdas, ternaries, class bodies, defaults and properties."""

class ToolRegistry:
    def __init__(self): self._tools = {}
    def register(self, name, tool): self._tools[name] = tool
def get_tool_registry(): return ToolRegistry()

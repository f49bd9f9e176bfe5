from app.tools import Tool


class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, tool: Tool):
        self._tools[tool.name] = tool


def main():
    registry = ToolRegistry()
    for cls in Tool.__subclasses__():
        registry.register(cls)  # expect: REG202 certain
    for cls in Tool.__subclasses__():
        registry.register(cls())

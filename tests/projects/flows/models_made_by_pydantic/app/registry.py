"""Models that their class makes by methods of pydantic are instances like any other."""

class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, tool):
        self._tools[tool.name] = tool

    def register_many(self, *tools):
        for tool in tools:
            self.register(tool)

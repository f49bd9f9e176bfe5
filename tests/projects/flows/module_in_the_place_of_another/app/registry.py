class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool


def get_tool_registry():
    return ToolRegistry()

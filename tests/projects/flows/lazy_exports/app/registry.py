from app.tools import Tool


class ToolRegistry:
    def register(self, name: str, tool: Tool):
        self._tools[name] = tool


def get_tool_registry():
    return ToolRegistry()


shared = ToolRegistry()

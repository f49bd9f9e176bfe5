class Tool:
    def run(self): ...


class ToolRegistry:
    def register(self, name, tool: Tool):
        self._tools[name] = tool


def get_tool_registry():
    return ToolRegistry()

class Tool:
    name = "tool"

    def run(self):
        return None


class Search(Tool):
    pass


class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, name: str, tool: Tool):
        self._tools[name] = tool

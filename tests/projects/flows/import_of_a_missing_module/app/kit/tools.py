class Tool:
    name = "tool"

    def run(self): ...


class SearchTool(Tool):
    name = "search"


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

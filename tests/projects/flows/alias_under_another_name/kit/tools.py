"""A class imported under the name of another class is still itself."""


class Tool:
    name = "tool"

    def run(self, query): ...


class SearchTool(Tool):
    name = "search"


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

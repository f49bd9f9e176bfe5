class Tool:
    name = "tool"

    def run(self): ...


class Brush(Tool):
    name = "brush"


class Pen(Tool):
    name = "pen"


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

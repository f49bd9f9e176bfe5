from langchain_core.tools import BaseTool


class ToolHub:
    """Not called a registry; it is one."""

    def __init__(self) -> None:
        self._tools: dict[str, BaseTool] = {}

    def add_tool(self, name: str, tool: BaseTool) -> None:
        if name in self._tools:
            raise ValueError(name)
        self._tools[name] = tool

    def get_tool(self, name: str) -> BaseTool:
        return self._tools[name]

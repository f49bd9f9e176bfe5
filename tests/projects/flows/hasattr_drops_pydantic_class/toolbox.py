"""Form 5: a field of a pydantic model is no attribute of its class, with or without a default."""

from langchain_core.tools import BaseTool


class SearchTool(BaseTool):
    name: str = "search"

    def _run(self, query: str) -> str:
        return query


class CostTool(BaseTool):
    name: str

    def _run(self, query: str) -> str:
        return query


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, BaseTool] = {}

    def register(self, name: str, tool: BaseTool) -> None:
        self._tools[name] = tool


def load(registry: ToolRegistry, tools) -> None:
    for tool in tools:
        if hasattr(tool, "name"):
            registry.register(tool.name, tool)


def main() -> None:
    load(ToolRegistry(), [SearchTool, CostTool])

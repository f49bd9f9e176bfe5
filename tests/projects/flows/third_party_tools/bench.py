"""Tools of frameworks that are not installed here: a shipped table says what their bases are."""

from langchain_core.tools import BaseTool, StructuredTool, tool

from hub import ToolHub


class Search(BaseTool):
    name: str = "search"
    description: str = "finds"

    def _run(self, query: str) -> str:
        return query


@tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


hub = ToolHub()
hub.add_tool("search", Search())
hub.add_tool("add", add)
hub.add_tool("structured", StructuredTool.from_function(add))
hub.add_tool("class", Search)  # expect: REG202 certain

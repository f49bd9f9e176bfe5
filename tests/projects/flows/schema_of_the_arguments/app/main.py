"""A tool is told by its arguments, and their schema is not the tool."""

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field
class SearchArgs(BaseModel):
    q: str = Field(...)
class SearchTool(BaseTool):
    name: str = "search"
    description: str = "search"
    args_schema: type[BaseModel] = SearchArgs
    def _run(self, q): return q
class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register(self, name, tool):
        self._tools[name] = tool
def run(q): return q
registry = ToolRegistry()
registry.register("a", SearchTool())
registry.register("b", StructuredTool.from_function(run, args_schema=SearchArgs))
registry.register("c", SearchTool().args_schema)  # expect: REG201 certain

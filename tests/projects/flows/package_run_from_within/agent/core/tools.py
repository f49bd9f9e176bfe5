"""The registry of tools, and who hands it out."""

from pydantic import BaseModel


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, object] = {}

    def register(self, name: str, tool: object) -> None:
        if name in self._tools:
            raise ValueError(name)
        self._tools[name] = tool

    def get(self, name: str) -> object:
        return self._tools[name]


class SearchQuery(BaseModel):
    text: str


_registry: ToolRegistry | None = None


def get_tool_registry() -> ToolRegistry:
    global _registry
    if _registry is None:
        _registry = ToolRegistry()
    return _registry

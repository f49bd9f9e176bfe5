from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crewai.tools import BaseTool


class ToolRegistry:
    def __init__(self) -> None:
        self.tools: dict[str, BaseTool] = {}

    def register(self, name: str, tool: BaseTool) -> None:
        self.tools[name] = tool


class Crew:
    def __init__(self) -> None:
        self.registry = ToolRegistry()

    def register_tool(self, tool: BaseTool) -> None:
        self.registry.register(tool.name, tool)

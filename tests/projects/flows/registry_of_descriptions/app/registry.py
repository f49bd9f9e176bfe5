"""A registry whose own method asks for descriptions is given what it asks for."""

from typing import Dict
from app.models import ToolSpec


class ToolRegistry:
    def __init__(self):
        self._tools: Dict[str, ToolSpec] = {}

    def register(self, tool: ToolSpec) -> None:
        self._tools[tool.name] = tool

    def get(self, name) -> ToolSpec:
        return self._tools[name]

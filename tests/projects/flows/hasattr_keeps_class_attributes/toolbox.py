"""Form 5, wrong twin: a class variable and a method are attributes of the class."""

from typing import ClassVar

from pydantic import BaseModel


class Tool(BaseModel):
    name: ClassVar[str] = "tool"

    def execute(self) -> None: ...


class Named(Tool):
    name: ClassVar[str] = "named"


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

from pydantic import BaseModel


class ToolSpec(BaseModel):
    """Describes a tool; runs nothing."""

    id: str
    title: str = ""


class Tool:
    name = "tool"

    def run(self, text): ...

"""What a tool is. Stands in for an agent framework, whose tools are pydantic models too."""

from typing import Any

from pydantic import BaseModel


class BaseTool(BaseModel):
    """An executable tool. Its fields have values in an instance; the class has none of them."""

    name: str
    description: str = ""

    def run(self, query: str) -> str:
        raise NotImplementedError

    def __call__(self, query: str) -> Any:
        return self.run(query)

"""What looks like a data schema, and is none, or is not what is registered."""

from typing import Any, TypedDict

from pydantic import BaseModel, ConfigDict
from registries import Tool, ToolRegistry


class BaseModelConfig(TypedDict):
    name: str


class BaseModelTool(Tool):
    name = "named like a model"


class ModelTool(BaseModel):
    """A tool that is a pydantic model: it has a name and runs."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    name: str = "model"

    def run(self, text: str) -> str:
        return text


class ToolCard(BaseModel):
    title: str
    handler: Any = None


registry = ToolRegistry()
registry.register("tool", BaseModelTool())
registry.register("model", ModelTool())
card = ToolCard(title="card", handler=BaseModelTool())
registry.register(card.title, card.handler)
settings: BaseModelConfig = {"name": "plain"}
registry.register(settings["name"], BaseModelTool())

"""A subclass hands what its parameter calls a schema to `super().register`."""

from base_registry import BaseRegistry
from tool_models import Tool, ToolSpec


class ToolRegistry(BaseRegistry[Tool]):
    def __init__(self) -> None:
        super().__init__("tools")

    def register_spec(self, spec: ToolSpec) -> None:
        super().register(spec.id, spec)  # expect: REG201 certain


registry = ToolRegistry()
registry.register_spec(ToolSpec(id="echo"))

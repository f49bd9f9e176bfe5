"""Tools for one HTTP request: every class becomes an instance before it is registered."""

from dataclasses import dataclass

from chat.context import UserContext
from chat.registry import ToolRegistry
from chat.toolkit import BaseTool
from chat.tracking import ExecutionTracker


@dataclass
class PreparedRequest:
    registry: ToolRegistry
    tools: list[BaseTool]


def prepare_request(user: UserContext, tool_classes: list[type[BaseTool]]) -> PreparedRequest:
    tracker = ExecutionTracker()
    registry = ToolRegistry()
    registry.name = f"request of {user.scope}"
    tools = []
    for tool_class in tool_classes:
        tools.append(tool_class())
    for tool in tools:
        registry.register(tool.name, tool)
    tracker.record(user.scope, len(tools))
    return PreparedRequest(registry=registry, tools=tools)

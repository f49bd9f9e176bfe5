"""Runs the tools of one user."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, List, Optional

from chat.metrics import CallMetrics
from chat.tracking import get_execution_tracker

if TYPE_CHECKING:
    from chat.context import UserContext
    from chat.toolkit import BaseTool

logger = logging.getLogger(__name__)


class Dispatcher:
    """One user's tools. Made by `create_for_user`, never by the constructor."""

    def __init__(self) -> None:
        raise RuntimeError("a dispatcher belongs to a user: use Dispatcher.create_for_user()")

    @classmethod
    async def create_for_user(cls, user: UserContext, tools: Optional[List[BaseTool]] = None) -> Dispatcher:
        if not user.user_id:
            raise ValueError("a dispatcher needs a user")
        return cls._create_from_factory(user, tools=tools)

    @classmethod
    def _create_from_factory(cls, user: UserContext, tools: Optional[List[BaseTool]] = None) -> Dispatcher:
        instance = cls.__new__(cls)
        instance.user = user
        instance.started_at = time.monotonic()
        instance._init_components(tools)
        return instance

    def _init_components(self, tools: Optional[List[BaseTool]] = None) -> None:
        from chat.registry import ToolRegistry

        self.registry = ToolRegistry()
        self.metrics = CallMetrics()
        self.tracker = get_execution_tracker()
        if tools:
            for tool in tools:
                self.register_tool(tool)
            logger.info("%d tools for %s", len(tools), self.user.scope)

    def register_tool(self, tool: BaseTool) -> None:
        if hasattr(tool, "name") and tool.name:
            tool_name = tool.name
        else:
            tool_name = getattr(tool, "__class__", type(tool)).__name__.lower()
            logger.warning("a %s without a name, using %s", tool.__class__.__name__, tool_name)
        self.registry.register(tool_name, tool)

    async def execute(self, tool_name: str, query: str) -> str:
        tool = self.registry.get(tool_name)
        if tool is None:
            return f"no tool {tool_name!r}; there are {', '.join(self.registry.keys())}"
        answer = tool(query)
        self.metrics.count(tool, answer)
        self.tracker.record(self.user.scope, 1)
        return answer

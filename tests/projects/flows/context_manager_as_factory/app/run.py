"""What a context manager hands out for the time of a block is built in it as in any factory."""

from app.registry import ToolRegistry
from app.factories import create_tool_registry, tool_registry_scope


async def run(user_id):
    async with tool_registry_scope(user_id) as registry:
        registry.register("a", object())
    return await create_tool_registry(user_id)


async def wrong():
    return ToolRegistry()  # expect: REG101 certain

from contextlib import asynccontextmanager, contextmanager
from app.registry import ToolRegistry


async def create_tool_registry(user_id):
    registry = ToolRegistry(user_id)
    return registry


@asynccontextmanager
async def tool_registry_scope(user_id):
    registry = ToolRegistry(user_id)
    try:
        yield registry
    finally:
        registry.tools.clear()

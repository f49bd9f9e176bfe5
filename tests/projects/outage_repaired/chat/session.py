"""One WebSocket session."""

import logging
from typing import Any

from chat.cleanup import release_session_registries
from chat.context import UserContext
from chat.dispatch import Dispatcher
from chat.routing import MessageRouter

logger = logging.getLogger(__name__)


async def collect_components(app_state: Any) -> dict[str, Any]:
    """What a session needs of the application."""
    components: dict[str, Any] = {"dispatcher": None}
    if app_state and hasattr(app_state, "tool_classes") and app_state.tool_classes:
        components["tool_classes"] = app_state.tool_classes
    else:
        raise LookupError("the application was not configured")
    return components


async def handle_websocket(socket: Any) -> None:
    user = UserContext(socket.user_id)
    components = await collect_components(socket.app.state)
    dispatcher = components["dispatcher"]
    if dispatcher is None and "tool_classes" in components:
        tools = [tool_class() for tool_class in components["tool_classes"]]
        dispatcher = await Dispatcher.create_for_user(user, tools=tools)
    router = MessageRouter(dispatcher)
    try:
        async for text in socket:
            await socket.send(await router.route(text))
    finally:
        release_session_registries(dispatcher)
    logger.info("session of %s closed, a %s", user.scope, type(dispatcher).__name__)

"""One WebSocket session."""

import logging
from typing import Any

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
        dispatcher = await Dispatcher.create_for_user(user, tools=components["tool_classes"])
    router = MessageRouter(dispatcher)
    async for text in socket:
        await socket.send(await router.route(text))
    logger.info("session of %s closed, a %s", user.scope, type(dispatcher).__name__)

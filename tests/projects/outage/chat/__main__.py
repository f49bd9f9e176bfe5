"""Starts the service, answers one request and opens one session."""

import asyncio
import logging

from chat.app import App, handle_request
from chat.session import handle_websocket
from chat.startup import configure_tools
from chat.transport import LoopbackSocket


async def serve() -> None:
    logging.basicConfig(level=logging.ERROR)
    app = App()
    configure_tools(app)
    await handle_request(app, "grace")
    await handle_websocket(LoopbackSocket(app, user_id="ada", inbox=["search: lovelace", "bye"]))


if __name__ == "__main__":
    asyncio.run(serve())

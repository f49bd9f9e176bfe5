"""Routes what arrives in a session to the tools."""

from chat.dispatch import Dispatcher


class MessageRouter:
    """Takes `tool: query` and asks the dispatcher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher

    async def route(self, text: str) -> str:
        tool_name, separator, query = text.partition(":")
        if not separator:
            return f"{self.dispatcher.user.user_id} said {text}"
        return await self.dispatcher.execute(tool_name.strip(), query.strip())

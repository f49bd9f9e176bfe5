"""The application object and its one HTTP endpoint."""

from types import SimpleNamespace

from chat.context import UserContext
from chat.messages import TopicRouter
from chat.request_tools import prepare_request


class App:
    """What a web framework would give: a place to keep state, and a router."""

    def __init__(self) -> None:
        self.state = SimpleNamespace()
        self.router = TopicRouter()


async def handle_request(app: App, user_id: str) -> None:
    prepared = prepare_request(UserContext(user_id), app.state.tool_classes)
    print(f"request of {user_id}: {', '.join(prepared.registry.keys())}")

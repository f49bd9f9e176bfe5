"""Routes what arrives at the application as a whole."""

from collections.abc import Callable


class MessageRouter:
    """Topics and who listens to them."""

    def __init__(self) -> None:
        self.listeners: dict[str, list[Callable[[str], None]]] = {}

    def subscribe(self, topic: str, listener: Callable[[str], None]) -> None:
        self.listeners.setdefault(topic, []).append(listener)

    def route(self, topic: str, text: str) -> None:
        for listener in self.listeners.get(topic, []):
            listener(text)

"""A WebSocket that talks to the terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.app import App


class LoopbackSocket:
    def __init__(self, app: App, user_id: str, inbox: list[str]) -> None:
        self.app = app
        self.user_id = user_id
        self.inbox = inbox

    async def __aiter__(self) -> AsyncIterator[str]:
        for text in self.inbox:
            yield text

    async def send(self, text: str) -> None:
        print(f"to {self.user_id}: {text}")

"""Registering coroutines that are gathered, mapped, or made tasks of."""

import asyncio


class Bell:
    name = "bell"

    def execute(self): ...


class Gong(Bell):
    name = "gong"


class BellRegistry:
    def __init__(self) -> None:
        self._bells: dict[str, Bell] = {}

    async def register(self, bell: Bell) -> None:
        self._bells[bell.name] = bell


async def good(registry: BellRegistry):
    await asyncio.gather(*(registry.register(t) for t in [Gong()]))


async def bad(registry: BellRegistry):
    await asyncio.gather(*(registry.register(t) for t in [Gong]))  # expect: REG202 certain


async def bad2(registry: BellRegistry):
    await asyncio.gather(*map(registry.register, [Gong]))  # expect: REG202 certain


async def bad3(registry: BellRegistry):
    async with asyncio.TaskGroup() as group:
        for t in (Gong,):
            group.create_task(registry.register(t))  # expect: REG202 certain

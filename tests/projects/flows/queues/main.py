from base import Oboe, ReedRegistry

registry = ReedRegistry()

import asyncio
import queue

q = queue.Queue()
good = queue.Queue()


def produce():
    q.put(Oboe)
    good.put(Oboe())


def consume():
    registry.register(q.get())  # expect: REG202 certain
    registry.register(good.get())


async def aq():
    mine = asyncio.Queue()
    await mine.put(Oboe)
    registry.register(await mine.get())  # expect: REG202 certain
    other = asyncio.Queue()
    other.put_nowait(Oboe())
    registry.register(await other.get())
    third = asyncio.Queue()
    third.put_nowait(Oboe)
    registry.register(third.get_nowait())  # expect: REG202 certain

"""A function is handed to somebody who calls it later, with arguments that are written out."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from kites import Delta, KiteRegistry, fill, fill_all


class Board:
    def submit(self, kind, registry, kites):
        self.posted = (kind, registry, kites)


def later(loop, tasks, board: Board):
    registry = KiteRegistry()
    partial(fill, registry, kites=[Delta()])()
    partial(fill, registry, kites=[Delta])()  # expect: REG202 certain
    begun = partial(fill, registry)
    begun([Delta()])
    begun([Delta])  # expect: REG202 certain
    with ThreadPoolExecutor() as pool:
        pool.submit(fill, registry, [Delta()])
        pool.submit(fill, registry, [Delta])  # expect: REG202 likely
        loop.run_in_executor(pool, fill, registry, [Delta])  # expect: REG202 certain
    tasks.add_task(fill_all, registry, Delta(), quick=Delta)  # expect: REG202 likely
    threading.Thread(target=fill, args=(registry, [Delta()])).start()
    threading.Thread(target=fill, args=(registry, [Delta])).start()  # expect: REG202 certain
    threading.Thread(target=fill, kwargs={"registry": registry, "kites": [Delta]}).start()  # expect: REG202 certain
    threading.Thread(target=print, args=(registry, [Delta])).start()


async def soon():
    await asyncio.to_thread(fill_all, KiteRegistry(), Delta())
    await asyncio.to_thread(fill_all, KiteRegistry(), Delta)  # expect: REG202 certain

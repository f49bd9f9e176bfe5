from base import Oboe, ReedRegistry

registry = ReedRegistry()

import queue


class Loader:
    def __init__(self):
        self.pending = queue.Queue()
        self.ready = queue.SimpleQueue()

    def add(self, reed):
        self.pending.put(reed)

    def add_ready(self, reed):
        self.ready.put(reed())

    def drain(self):
        while not self.pending.empty():
            registry.register(self.pending.get_nowait())

    def drain_ready(self):
        registry.register(self.ready.get())


loader = Loader()
loader.add(Oboe)  # expect: REG202 certain
loader.add(Oboe())
loader.add_ready(Oboe)

"""A decorator of a front hands the class below it on to the registry."""


class Bus:
    def __init__(self):
        self.registry = WatchRegistry()

    def on(self, event):
        def wrap(watch):
            self.registry.register(event, watch)
            return watch

        return wrap


class Watch:
    def handle(self): ...


class WatchRegistry:
    def __init__(self):
        self._watchs: dict[str, Watch] = {}

    def register(self, event: str, watch: Watch):
        self._watchs[event] = watch


bus = Bus()


@bus.on("a")  # expect: REG202 certain
class A(Watch): ...


@bus.on("b")
def b(event): ...

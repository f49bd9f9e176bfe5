"""What a default argument brings reaches the registration when a caller leaves it out."""


class Listener:
    def run(self, event): ...


class Printer(Listener): ...


class Recorder(Listener): ...


class ListenerRegistry:
    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}

    def add_listener(self, topic: str, listener: Listener) -> None:
        self._listeners[topic] = listener


bus = ListenerRegistry()


def listen(topic, listener=Printer):  # expect: REG202 certain
    bus.add_listener(topic, listener)


def listen_well(topic, listener=Recorder()):
    bus.add_listener(topic, listener)


listen("opened")
listen_well("closed")

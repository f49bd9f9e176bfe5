"""A class is the key, and what is registered under it is a function or an instance."""

from collections.abc import Callable


class Event:
    def run(self): ...


class Opened(Event): ...


class Closed(Event): ...


class Serializer:
    def execute(self, event): ...


class EventBus:
    def __init__(self) -> None:
        self._handlers: dict[str, list[Callable[[Event], None]]] = {}
        self._serializers: dict[type[Event], Serializer] = {}

    def register(self, event_type: type[Event], handler: Callable[[Event], None]) -> None:
        self._handlers.setdefault(event_type.__name__, []).append(handler)

    def register_serializer(self, event_type: type[Event], serializer: Serializer) -> None:
        self._serializers[event_type] = serializer

    def publish(self, event: Event) -> None:
        for handler in self._handlers[type(event).__name__]:
            handler(event)


class HandlerRegistry:
    def __init__(self) -> None:
        self._by_name: dict[str, Callable[[Event], None]] = {}

    def register(self, event_type: type[Event], handler: Callable[[Event], None]) -> None:
        self._by_name[event_type.__name__] = handler

    def find(self, event: Event) -> Callable[[Event], None]:
        return self._by_name[type(event).__name__]

"""Form 22, wrong twin: the registry holds handlers, and a decorator hands it a class."""


class Handler:
    kind = ""

    def execute(self, event): ...


class HandlerRegistry:
    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def register(self, handler: Handler) -> Handler:
        self._handlers[handler.kind] = handler
        return handler


handlers = HandlerRegistry()

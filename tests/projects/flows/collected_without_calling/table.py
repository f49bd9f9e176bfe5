from handlers import HANDLER_CLASSES, Handler


class HandlerRegistry:
    def __init__(self) -> None:
        self.by_kind: dict[str, Handler] = {}

    def register_handler(self, kind: str, handler: Handler) -> None:
        self.by_kind[kind] = handler


def fill(registry: HandlerRegistry) -> None:
    ready = []
    for handler_class in HANDLER_CLASSES:
        ready.append(handler_class)
    for handler in ready:
        registry.register_handler(handler.kind, handler)  # expect: REG202 certain

"""Nobody calls it here: its annotation says that a class is registered."""

from typing import Type
class Handler:
    def handle(self): ...
class Registry:
    def __init__(self):
        self._handlers: dict[str, Handler] = {}
    def register(self, name: str, handler: Handler):
        self._handlers[name] = handler
def install(registry: Registry, handler_cls: Type[Handler]):
    registry.register("a", handler_cls)  # expect: REG202 likely
def install_ok(registry: Registry, handler_cls: Type[Handler]):
    registry.register("a", handler_cls())

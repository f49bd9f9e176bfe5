"""Form 23: which argument is the value is seen in the registering method, not in the argument's position."""

from collections.abc import Callable


class Service:
    def execute(self): ...


class Mailer(Service): ...


class Queue(Service): ...


def make_mailer() -> Service:
    return Mailer()


class ServiceRegistry:
    def __init__(self) -> None:
        self._services: dict[tuple[type, str], Service] = {}
        self._factories: dict[type, Callable[[], Service]] = {}

    def register_service(self, kind: type, name: str, service: Service) -> None:
        self._services[kind, name] = service

    def register_factory(self, interface: type, factory: Callable[[], Service]) -> None:
        self._factories[interface] = factory

    def register(self, *, service: Service, name: str) -> None:
        self._services[type(None), name] = service

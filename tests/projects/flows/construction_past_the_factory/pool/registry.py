"""Every way to build a registry past its factory."""

from typing import Generic, TypeVar

T = TypeVar("T")


class WorkerRegistry(Generic[T]):
    def __init__(self) -> None:
        self._workers: dict[str, T] = {}

    def register(self, name: str, worker: T) -> None:
        self._workers[name] = worker


class NightRegistry(WorkerRegistry[str]):
    """Workers of the night."""


def create_worker_registry() -> WorkerRegistry:
    return WorkerRegistry()


def create_night_registry() -> NightRegistry:
    registry = NightRegistry()
    registry.register("owl", "owl")
    return registry

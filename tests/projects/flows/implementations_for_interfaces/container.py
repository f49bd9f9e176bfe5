"""A container that builds what it is asked for is given classes; one of finished services is given instances."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


class Container:
    def __init__(self) -> None:
        self._implementations: dict[type, type] = {}
        self._finished: dict[type, Any] = {}

    def register(self, interface: type[T], implementation: type[T]) -> None:
        self._implementations[interface] = implementation

    def register_instance(self, interface: type[T], instance: T) -> None:
        self._finished[interface] = instance

    def get(self, interface: type[T]) -> T:
        if interface not in self._finished:
            self._finished[interface] = self._implementations[interface]()
        return self._finished[interface]

"""Form 18: registries over one base keep their contents apart."""

from typing import Generic, TypeVar

T = TypeVar("T")


class KeyedRegistry(Generic[T]):
    def __init__(self) -> None:
        self._items: dict[str, T] = {}

    def register(self, key: str, item: T) -> None:
        self._items[key] = item

    def get(self, key: str) -> T:
        return self._items[key]

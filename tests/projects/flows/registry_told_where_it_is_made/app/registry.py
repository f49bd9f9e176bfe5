from typing import Generic, TypeVar
T = TypeVar("T")
class Registry(Generic[T]):
    def __init__(self, name: str = "") -> None:
        self._items: dict[str, T] = {}
    def register(self, key: str, item: T) -> None:
        self._items[key] = item

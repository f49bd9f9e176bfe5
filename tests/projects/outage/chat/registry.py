"""Registries, and the only functions that should make them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from chat.toolkit import BaseTool

Item = TypeVar("Item")


class KeyedRegistry(Generic[Item]):
    """Items under a key; a key is taken once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, Item] = {}
        self._lock = threading.RLock()

    def register(self, key: str, item: Item) -> None:
        with self._lock:
            if key in self._items:
                raise ValueError(f"{key} already registered in {self.name}")
            self._items[key] = item

    def get(self, key: str) -> Item | None:
        return self._items.get(key)

    def keys(self) -> list[str]:
        return sorted(self._items)

    def clear(self) -> None:
        self._items.clear()


class ToolRegistry(KeyedRegistry["BaseTool"]):
    """Tools under their names."""

    def __init__(self) -> None:
        super().__init__("ToolRegistry")


class ServiceRegistry(KeyedRegistry[Any]):
    """Services under their names."""

    def __init__(self) -> None:
        super().__init__("ServiceRegistry")


_shared: dict[str, KeyedRegistry[Any]] = {}
_shared_lock = threading.Lock()


def get_shared_registry(kind: str) -> KeyedRegistry[Any]:
    """The registry of one kind for the whole process."""
    with _shared_lock:
        if kind not in _shared:
            if kind == "tool":
                _shared[kind] = ToolRegistry()
            elif kind == "service":
                _shared[kind] = ServiceRegistry()
            else:
                raise ValueError(f"no registry of kind {kind!r}")
        return _shared[kind]


def create_tool_registry(scope: str = "request") -> ToolRegistry:
    """A new tool registry for one request or session."""
    registry = ToolRegistry()
    registry.name = f"ToolRegistry[{scope}]"
    return registry

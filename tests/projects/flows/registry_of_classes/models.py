"""Form 9: a registry that asks for classes gets classes."""

from typing import Generic, Type, TypeVar

T = TypeVar("T")


class Model:
    def run(self): ...


class Linear(Model): ...


class Forest(Model): ...


class ModelRegistry:
    def __init__(self) -> None:
        self._models: dict[str, Type[Model]] = {}

    def register(self, name: str, model: Type[Model]) -> None:
        self._models[name] = model


class Table(Generic[T]):
    def __init__(self) -> None:
        self._rows: dict[str, T] = {}

    def register(self, key: str, row: T) -> None:
        self._rows[key] = row


class ModelTable(Table[type[Model]]):
    """A table of classes."""

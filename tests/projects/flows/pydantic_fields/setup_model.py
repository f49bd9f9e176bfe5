"""What a constructor's keyword puts into a pydantic field comes out of the attribute."""

from typing import Any

from pydantic import BaseModel, Field


class Filter:
    name = "filter"

    def execute(self): ...


class Blur(Filter):
    name = "blur"


class FilterRegistry:
    def __init__(self) -> None:
        self._filters: dict[str, Filter] = {}

    def register(self, name: str, item: Filter) -> None:
        self._filters[name] = item


class Wrong(BaseModel):
    choice: Any = None


class Right(BaseModel):
    choice: Any = Field(default_factory=Blur)


registry = FilterRegistry()
wrong = Wrong(choice=Blur)
registry.register("wrong", wrong.choice)  # expect: REG202 certain
right = Right()
registry.register("right", right.choice)

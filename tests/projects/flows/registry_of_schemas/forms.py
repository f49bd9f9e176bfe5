"""A registry that asks for schemas gets schemas, classes or instances as it says."""

from pydantic import BaseModel


class Address(BaseModel):
    street: str = ""


class Order(BaseModel):
    number: int = 0


class SchemaRegistry:
    def __init__(self) -> None:
        self._schemas: dict[str, type[BaseModel]] = {}

    def register(self, name: str, schema: type[BaseModel]) -> None:
        self._schemas[name] = schema


class ExampleRegistry:
    def __init__(self) -> None:
        self._examples: dict[str, BaseModel] = {}

    def register(self, name: str, example: BaseModel) -> None:
        self._examples[name] = example


schemas = SchemaRegistry()
schemas.register("address", Address)
schemas.register("order", Order)
examples = ExampleRegistry()
examples.register("order", Order(number=1))

"""Data schemas where tools belong."""

from pydantic import BaseModel

from tools import Tool, ToolRegistry


class Query(BaseModel):
    name: str = "query"
    words: list[str] = []


class StrictQuery(Query):
    limit: int = 3


class Echo(Tool):
    name = "echo"


registry = ToolRegistry()
registry.register("echo", Echo())
registry.register("query", Query())  # expect: REG201 certain
registry.register("strict", StrictQuery(limit=1))  # expect: REG201 certain


def load_all(items):
    for item in items:
        registry.register(item.name, item)


load_all([Echo(), StrictQuery()])  # expect: REG201 certain

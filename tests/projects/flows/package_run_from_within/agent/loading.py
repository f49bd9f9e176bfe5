from core.tools import SearchQuery, ToolRegistry


def load(registry: ToolRegistry) -> None:
    registry.register("query", SearchQuery)  # expect: REG201 certain


def load_apart() -> ToolRegistry:
    return ToolRegistry()  # expect: REG101 certain

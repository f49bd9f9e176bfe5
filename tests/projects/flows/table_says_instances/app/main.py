from app.registry import ToolRegistry
from app.tools import Search


def main():
    registry = ToolRegistry()
    registry.register("search", Search)  # expect: REG202 certain

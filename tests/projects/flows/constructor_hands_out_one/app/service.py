"""Every call of the class gives the same object, so that nobody goes past anything."""

from app.registry import ToolRegistry


class Service:
    def create_registry(self):
        return ToolRegistry()


def run():
    registry = ToolRegistry()
    return registry

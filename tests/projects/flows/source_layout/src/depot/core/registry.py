"""Below `src/`, with a folder that has no __init__.py, and imports by the installed name."""

from depot.core.tools import Crane


class CraneRegistry:
    def __init__(self) -> None:
        self._cranes: dict[str, Crane] = {}

    def register(self, name: str, crane: Crane) -> None:
        self._cranes[name] = crane


def create_crane_registry() -> CraneRegistry:
    return CraneRegistry()

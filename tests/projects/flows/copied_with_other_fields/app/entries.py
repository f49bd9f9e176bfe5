from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Entry:
    name: str
    tool: Any


@dataclass(frozen=True)
class Ready:
    name: str
    tool: Any

    def renamed(self, name: str):
        return replace(self, name=name)

"""What a method stores in its table under a local name; a copy is no table."""

import threading


class Tool:
    name = "tool"

    def run(self):
        return self.name


class HookRegistry:
    def __init__(self):
        self._hooks = {}
        self._lock = threading.Lock()

    def register(self, kind: str, name: str, hook: Tool) -> None:
        with self._lock:
            bucket = self._hooks.setdefault(kind, {})
            bucket[name] = hook


class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, tool: Tool) -> None:
        tools = self._tools
        tools[tool.name] = tool

    def count(self, tool: Tool) -> None:
        counts = dict(self._tools)
        counts[tool.name] = tool

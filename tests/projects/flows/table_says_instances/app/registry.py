from typing import Dict
from app.tools import Tool


class ToolRegistry:
    def __init__(self):
        self._tools: Dict[str, Tool] = {}

    def register(self, name, tool):
        self._tools[name] = tool

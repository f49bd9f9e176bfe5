"""Form 11: the tools arrive by keyword, by position, and beside other keywords."""


class Tool:
    name = "tool"

    def run(self): ...


class Dice(Tool):
    name = "dice"


class Clock(Tool):
    name = "clock"


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool


class Bot:
    def __init__(self, user: str, language: str) -> None:
        self.user = user
        self.language = language
        self.registry = ToolRegistry()

    @classmethod
    async def create(cls, user, tools=None, **options):
        return cls._make(user, tools=tools, **options)

    @classmethod
    def _make(cls, user, tools=None, language="en"):
        bot = cls(user, language)
        bot.equip(tools or [])
        return bot

    def equip(self, tools):
        for tool in tools:
            self.registry.register(tool.name, tool)

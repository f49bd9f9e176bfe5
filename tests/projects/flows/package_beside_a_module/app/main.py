from app.tools import Tool, ToolRegistry


class Search(Tool): ...


registry = ToolRegistry()  # expect: REG101 certain
registry.register("search", Search)  # expect: REG202 certain

from app.registry import HookRegistry, Tool, ToolRegistry


class Search(Tool):
    name = "search"


def fill(hooks: HookRegistry, tools: ToolRegistry):
    hooks.register("before", "search", Search)  # expect: REG202 certain
    tools.register(Search)  # expect: REG202 certain
    hooks.register("after", "search", Search())
    tools.count(Search)

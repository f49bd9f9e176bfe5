"""Fourteen ways to write a key, of which three take no name of a class."""

class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register(self, name, tool):
        self._tools[name] = tool
def one(registry: ToolRegistry, tool):
    registry.register(type(tool).__name__, tool)  # expect: REG301 certain
def two(registry: ToolRegistry, tool):
    registry.register(name=tool.__class__.__name__.lower(), tool=tool)  # expect: REG301 certain
def three(registry: ToolRegistry, tool):
    key = f"{tool.__class__.__qualname__}-v1"  # expect: REG301 certain
    registry.register(key, tool)
def four(registry: ToolRegistry, tool):
    try:
        key = tool.name
    except AttributeError:
        key = type(tool).__name__  # expect: REG301 certain
    registry.register(key, tool)
def five(registry: ToolRegistry, tools):
    for tool in tools:
        registry.register(getattr(tool, "name", tool.__class__.__name__), tool)  # expect: REG301 certain
def six(registry: ToolRegistry, tool):
    registry.register(tool.name if hasattr(tool, "name") else type(tool).__name__, tool)  # expect: REG301 certain
def seven(registry: ToolRegistry, tool):
    registry.register("_".join([type(tool).__name__, "x"]), tool)  # expect: REG301 certain
def eight(registry: ToolRegistry, tool):
    registry.register("%s" % type(tool).__name__, tool)  # expect: REG301 certain
def nine(registry: ToolRegistry, tool):
    registry.register("{}".format(type(tool).__name__), tool)  # expect: REG301 certain
def ten(registry: ToolRegistry, tool):
    registry.register(str(type(tool).__name__), tool)  # expect: REG301 certain
def eleven(registry: ToolRegistry, tool):
    logger_name = type(tool).__name__
    print(logger_name)
    registry.register(tool.name, tool)
def twelve(registry: ToolRegistry, tool):
    registry.register(str(type(tool)), tool)
def thirteen(registry: ToolRegistry, tool):
    registry.register(tool.name or type(tool).__name__, tool)  # expect: REG301 certain
def fourteen(registry: ToolRegistry, tool):
    registry._tools[type(tool).__name__] = tool  # expect: REG301 certain

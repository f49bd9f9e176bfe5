"""A dict of the module, filled by functions that register; a count is no entry."""

TOOLS = {}
_TOOL_REGISTRY = {}
_counts = {}
def register(tool):
    _TOOL_REGISTRY[type(tool).__name__] = tool  # expect: REG301 certain
    _counts[type(tool).__name__] = 1
def register_tool(tool):
    TOOLS[tool.__class__.__name__.lower()] = tool  # expect: REG301 certain
def register_class(cls):
    TOOLS[cls.__name__] = cls
    return cls
def register_fn(fn):
    TOOLS[fn.__name__] = fn
    return fn

ToolRegistry = None


def load():
    global ToolRegistry
    from app.tool_registry import ToolRegistry as _Loaded

    ToolRegistry = _Loaded


def tool_registry_class() -> type | None:
    return ToolRegistry

from app.optional import load, tool_registry_class
from app.tool_registry import ToolRegistry


def start():
    return {"tools": ToolRegistry()}  # expect: REG101 certain


def again():
    from app import tools_registry

    return {"tools": tools_registry.ToolRegistry()}  # expect: REG101 certain


def later():
    load()
    Registry = tool_registry_class()
    return {"tools": Registry()} if Registry else {}  # expect: REG101 certain

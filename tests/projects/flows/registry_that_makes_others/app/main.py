from app.registry import ToolRegistry
def run():
    return ToolRegistry()
def check(x):
    return isinstance(x, ToolRegistry)
KIND = ToolRegistry
ALL = [ToolRegistry]
def types():
    return [cls.__name__ for cls in ALL]

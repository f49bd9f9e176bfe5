import importlib
from app import registry as module


def build():
    cls = getattr(module, "ToolRegistry")
    return cls()  # expect: REG101 certain


def load_again():
    loaded = importlib.import_module("app.registry")
    return loaded.ToolRegistry()  # expect: REG101 certain

"""`cls._shared = cls()` in a method of the class is an accessor, though the body says None."""

from app.registry import ModelRegistry


def train():
    registry = ModelRegistry()  # expect: REG101 certain
    return registry


def good():
    return ModelRegistry.shared()

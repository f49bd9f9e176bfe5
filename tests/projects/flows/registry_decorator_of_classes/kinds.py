"""The commonest registry of all: classes under their own names, by a decorator, built when they are asked for."""

from typing import TypeVar

C = TypeVar("C", bound=type)


class Registry:
    def __init__(self, name):
        self.name = name
        self._classes = {}

    def register_module(self, name=None, module=None):
        if module is not None:
            self._classes[name or module.__name__] = module
            return module

        def decorate(cls):
            self._classes[name or cls.__name__.lower()] = cls
            return cls

        return decorate

    def build(self, name, **arguments):
        return self._classes[name](**arguments)


MODELS = Registry("models")
HOOKS = Registry("hooks")

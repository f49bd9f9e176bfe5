"""Methods of a class fill a dict of their module; what they call of it says classes."""

_models: dict = {}
class ModelRegistry:
    @staticmethod
    def register(name, model_cls):
        _models[name] = model_cls
    @staticmethod
    def new(name):
        return _models[name]()
_handlers: dict = {}
class Handler:
    def handle(self): ...
class HandlerRegistry:
    @classmethod
    def register(cls, name: str, handler: Handler):
        _handlers[name] = handler

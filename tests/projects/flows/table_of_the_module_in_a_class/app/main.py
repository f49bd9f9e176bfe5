from app.registry import Handler, HandlerRegistry, ModelRegistry
class Gpt: ...
class Log(Handler): ...
ModelRegistry.register("gpt", Gpt)
HandlerRegistry.register("log", Log())
HandlerRegistry.register("log2", Log)  # expect: REG202 certain
def dynamic(handler):
    HandlerRegistry.register(handler.__class__.__name__, handler)  # expect: REG301 certain

from app.registry import Registry
from app.tables import classes, tools
from app.tools import Search, Tool
tools.register("search", Search)  # expect: REG202 certain
tools.register("search2", Search())
classes.register("search", Search)
class Holder:
    def __init__(self):
        self.inner = Registry[Tool]()
        self.of_classes = Registry[type[Tool]]()
    def fill(self):
        self.inner.register("a", Search)  # expect: REG202 certain
        self.of_classes.register("a", Search)
def given(registry: Registry[Tool]):
    registry.register("b", Search)  # expect: REG202 certain
def given_classes(registry: "Registry[type[Tool]]"):
    registry.register("b", Search)

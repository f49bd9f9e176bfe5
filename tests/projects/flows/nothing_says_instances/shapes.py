"""Nothing is annotated and only classes are registered: a registry of classes, then."""


class Circle:
    def run(self): ...


class Square:
    def run(self): ...


class ShapeRegistry:
    def __init__(self):
        self.shapes = {}

    def register(self, name, shape):
        self.shapes[name] = shape

    def make(self, name):
        return self.shapes[name]()


registry = ShapeRegistry()
registry.register("circle", Circle)
registry.register("square", Square)
registry.register(Circle.__name__, Circle)

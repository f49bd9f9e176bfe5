"""Form 22: for a decorated class the name of its type is `type`: the second one takes the first one's place."""


class StepRegistry:
    def __init__(self):
        self.steps = {}

    def register(self, step):
        self.steps[type(step).__name__] = step  # expect: REG301 certain
        return step


registry = StepRegistry()


@registry.register
class Load:
    def run(self): ...


@registry.register
class Save:
    def run(self): ...

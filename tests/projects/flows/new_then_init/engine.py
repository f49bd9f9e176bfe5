"""Form 10: an instance is made without its constructor, and a method of it takes the tools."""


class Step:
    name = "step"

    def run(self, rows): ...


class Clean(Step):
    name = "clean"


class Join(Step):
    name = "join"


class StepRegistry:
    def __init__(self) -> None:
        self._steps: dict[str, Step] = {}

    def register(self, name: str, step: Step) -> None:
        self._steps[name] = step


class Engine:
    def __init__(self):
        raise RuntimeError("use Engine.build()")

    @classmethod
    def build(cls, steps):
        engine = cls.__new__(cls)
        engine._prepare(steps)
        return engine

    def _prepare(self, steps):
        self.registry = StepRegistry()
        for step in steps:
            self.registry.register(step.name, step)

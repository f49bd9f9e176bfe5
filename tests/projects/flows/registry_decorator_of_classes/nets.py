from kinds import HOOKS, MODELS


@MODELS.register_module()
class Small:
    def run(self): ...


@MODELS.register_module(name="large")
class Large:
    def run(self): ...


class Timer:
    def run(self): ...


HOOKS.register_module(module=Timer)
HOOKS.register_module("clock", Timer)
model = MODELS.build("small")

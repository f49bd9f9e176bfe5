"""What a registry keeps beside what is registered: nothing says what belongs there."""

from typing import Any, Callable


class Pump: ...


class Main(Pump): ...


class Bucket(Pump): ...


class PumpRegistry:
    def __init__(self):
        self.pumps: dict = {}
        self.fallbacks: dict[str, Callable] = {}
        self.others = {}

    def register_pump(self, name, pump: Any, fallback=None, other=None):
        self.pumps[name] = {"pump": pump}
        if fallback:
            self.fallbacks[name] = fallback
        self.others[name] = other

    def get_pump(self, name):
        return self.pumps.get(name) or self.fallbacks.get(name) or self.others.get(name)


registry = PumpRegistry()
registry.register_pump("a", Main(), fallback=Bucket, other=Bucket)
registry.register_pump("b", Main())

"""A class is callable, is not None, and may be new to the table: none of these guards excludes it."""


class Gate:
    name = "gate"

    def run(self): ...

    def __call__(self): ...


class Iron(Gate):
    name = "iron"


class GateRegistry:
    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}

    def register(self, name: str, gate: Gate) -> None:
        self._gates[name] = gate

    def __contains__(self, name: str) -> bool:
        return name in self._gates


registry = GateRegistry()

for gate in [Iron]:
    if callable(gate):
        registry.register(gate.name, gate)  # expect: REG202 certain

for gate in [Iron]:
    if gate is None:
        continue
    registry.register(gate.name, gate)  # expect: REG202 certain

for gate in [Iron]:
    if gate.name not in registry:
        registry.register(gate.name, gate)  # expect: REG202 certain

"""Guards after which nothing but an instance is left, or nothing at all."""

import inspect


class Gate:
    name = "gate"

    def run(self): ...


class Iron(Gate):
    name = "iron"


class GateRegistry:
    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}

    def register(self, name: str, gate: Gate) -> None:
        self._gates[name] = gate


registry = GateRegistry()


def only_instances(gates):
    for gate in gates:
        if inspect.isclass(gate):
            continue
        registry.register(gate.name, gate)


def made_if_needed(gates):
    for gate in gates:
        if isinstance(gate, type) and issubclass(gate, Gate):
            registry.register(gate.name, gate())
        elif isinstance(gate, Gate):
            registry.register(gate.name, gate)


def filtered(gates):
    for gate in [gate for gate in gates if isinstance(gate, Gate)]:
        registry.register(gate.name, gate)


def asserted(gate):
    assert isinstance(gate, Gate)
    registry.register(gate.name, gate)


def maybe(wanted):
    gate = None
    if wanted:
        gate = Iron()
    if gate is not None:
        registry.register(gate.name, gate)


only_instances([Iron, Iron()])
made_if_needed([Iron, Iron()])
filtered([Iron, Iron()])
asserted(Iron)
maybe(True)

"""Accessors that read a registry out of the application's state, for requests and web sockets."""


class Valve:
    name = "valve"

    def execute(self): ...


class Gate(Valve):
    name = "gate"


class ValveRegistry:
    def __init__(self) -> None:
        self._valves: dict[str, Valve] = {}

    def register(self, valve: Valve) -> None:
        self._valves[valve.name] = valve

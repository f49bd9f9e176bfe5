"""A lifespan that yields a typed dict, with the registry in it."""


class Vane:
    name = "vane"

    def execute(self): ...


class Cock(Vane):
    name = "cock"


class Sock(Vane):
    name = "sock"


class VaneRegistry:
    def __init__(self) -> None:
        self._vanes: dict[str, Vane] = {}

    def register(self, vane: Vane) -> None:
        self._vanes[vane.name] = vane

    def get(self, name: str) -> Vane:
        return self._vanes[name]

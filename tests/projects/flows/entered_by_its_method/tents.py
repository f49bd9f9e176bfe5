"""`with`: what `__enter__` hands out, where that is not the object itself."""


class Peg:
    name = "peg"

    def execute(self): ...


class Iron(Peg):
    name = "iron"


class PegRegistry:
    def __init__(self) -> None:
        self._pegs: dict[str, Peg] = {}

    def register(self, peg: Peg) -> None:
        self._pegs[peg.name] = peg

    def __enter__(self):
        return self

    def __exit__(self, *error): ...


class Camp:
    def __enter__(self):
        return {"pegs": [Iron], "made": [Iron()]}

    def __exit__(self, *error): ...


with PegRegistry() as registry, Camp() as camp:
    for peg in camp["pegs"]:
        registry.register(peg)  # expect: REG202 certain
    for peg in camp["made"]:
        registry.register(peg)

"""The registering function is wrapped; its callers call the wrapper."""

from logged import logged


class Pen:
    name = "pen"

    def execute(self): ...


class Quill(Pen):
    name = "quill"


class PenRegistry:
    def __init__(self) -> None:
        self._pens: dict[str, Pen] = {}

    def register(self, name: str, pen: Pen) -> None:
        self._pens[name] = pen


desk = PenRegistry()


@logged
def put(pen):
    desk.register(pen.name, pen)


put(Quill())
put(Quill)  # expect: REG202 certain

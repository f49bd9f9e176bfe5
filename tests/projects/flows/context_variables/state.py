"""What a context variable is set to, and what it is declared to hold."""

from contextvars import ContextVar


class Pen:
    name = "pen"

    def execute(self): ...


class Quill(Pen):
    name = "quill"


class PenRegistry:
    def __init__(self) -> None:
        self._pens: dict[str, Pen] = {}

    def register(self, pen: Pen) -> None:
        self._pens[pen.name] = pen


current: ContextVar[PenRegistry] = ContextVar("current")
_found = ContextVar("found", default=None)
_given = ContextVar("given", default=[Quill])


def start():
    current.set(PenRegistry())
    _found.set([Quill()])


def use():
    for pen in _found.get():
        current.get().register(pen)
    for pen in _given.get():
        current.get().register(pen)  # expect: REG202 certain

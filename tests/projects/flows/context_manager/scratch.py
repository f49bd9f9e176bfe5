"""The registry, and the value, come out of `with … as`."""

from contextlib import asynccontextmanager, contextmanager


class Brush:
    name = "brush"

    def execute(self): ...


class Round(Brush):
    name = "round"


class BrushRegistry:
    def __init__(self) -> None:
        self._brushes: dict[str, Brush] = {}

    def register(self, name: str, brush: Brush) -> None:
        self._brushes[name] = brush

    def clear(self) -> None:
        self._brushes.clear()


@contextmanager
def scratch():
    registry = BrushRegistry()
    try:
        yield registry
    finally:
        registry.clear()


@asynccontextmanager
async def borrowed(kind):
    yield kind()


async def paint():
    with scratch() as registry:
        registry.register("round", Round())
        registry.register("flat", Round)  # expect: REG202 certain
        async with borrowed(Round) as brush:
            registry.register("lent", brush)

import contextlib
from typing import TypedDict

from base import Cock, VaneRegistry
from starlette.applications import Starlette


class State(TypedDict):
    vane_classes: list
    registry: VaneRegistry


@contextlib.asynccontextmanager
async def lifespan(app):
    async with thing() as x:
        yield State(vane_classes=[Cock], registry=VaneRegistry())


app = Starlette(routes=[], lifespan=lifespan)

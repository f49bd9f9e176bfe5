from typing import Annotated

from fastapi import Depends

import wiring
from wiring import Lamps, MaybeLamps, Torch, found, made


async def put(lamps: Lamps):
    lamps.register(Torch())
    lamps.register(Torch)  # expect: REG202 certain


async def put_more(registry: wiring.Lamps, maybe: MaybeLamps = None):
    registry.register(Torch)  # expect: REG202 certain
    if maybe:
        maybe.register(Torch)  # expect: REG202 certain


async def put_all(lamps: Lamps, classes: Annotated[list, Depends(found)], ready: Annotated[list, Depends(made)]):
    for lamp in ready:
        lamps.register(lamp)
    for lamp in classes:
        lamps.register(lamp)  # expect: REG202 certain

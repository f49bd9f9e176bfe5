from app.deps import get_spare, get_valves, valves_of
from app.registry import Gate
from fastapi import APIRouter, Depends, Request

router = APIRouter()


@router.post("/valves")
async def add(valves=Depends(get_valves)):
    valves.register(Gate)  # expect: REG202 likely
    valves.register(Gate())


@router.post("/more")
async def add_more(request: Request):
    valves = get_valves(request)
    valves.register(Gate)  # expect: REG202 likely
    get_valves(request).register(Gate)  # expect: REG202 likely
    get_spare(request).register(Gate)
    request.state.valves.register(Gate())


@router.websocket("/live")
async def live(websocket):
    valves_of(websocket).register(Gate)  # expect: REG202 likely

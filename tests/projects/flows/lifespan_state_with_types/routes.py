from starlette.requests import Request


async def handler(request: Request):
    registry = request.state.registry
    for vane in request.state.vane_classes:
        registry.register(vane)  # expect: REG202 likely
        registry.register(vane())


async def ws(websocket):
    websocket.state.registry.register(websocket.state.vane_classes[0])  # expect: REG202 likely

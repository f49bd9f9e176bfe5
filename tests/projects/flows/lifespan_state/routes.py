from base import VaneRegistry


async def handler(request):
    registry = VaneRegistry()
    for vane in request.state.vanes:
        registry.register(vane)  # expect: REG202 likely
    for vane in request.state.good:
        registry.register(vane)


async def other(request):
    registry = VaneRegistry()
    for vane in request.state["vanes"]:
        registry.register(vane)

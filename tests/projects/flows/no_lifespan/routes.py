from base import VaneRegistry


async def handler(request):
    registry = VaneRegistry()
    for vane in request.state.vanes:
        registry.register(vane)

from app import Snare


def put(request):
    request.app.state.registry.register(Snare())
    request.app.state.registry.register(Snare)  # expect: REG202 likely
    registry = request.app.state.registry
    registry.register(Snare)  # expect: REG202 likely
    request.app.state.any_registry.register(Snare)

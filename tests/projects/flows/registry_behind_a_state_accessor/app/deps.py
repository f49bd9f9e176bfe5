from fastapi import Request, WebSocket


def get_valves(request: Request):
    return request.app.state.valves


def valves_of(websocket: WebSocket):
    return getattr(websocket.app.state, "valves", None)


def get_spare(request: Request):
    return request.app.state.spare

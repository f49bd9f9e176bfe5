"""No annotation anywhere: the key is read from `name`, a field that the classes do not have."""

from app.agents.dispatcher import ToolDispatcher
async def handle(websocket, app):
    components = {}
    components["tool_classes"] = getattr(app.state, "tool_classes", [])
    return build(components)  # expect: REG202 likely
def build(components):
    return ToolDispatcher(tools=components["tool_classes"])

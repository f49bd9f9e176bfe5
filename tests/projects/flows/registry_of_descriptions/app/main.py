from app.models import ToolSpec
from app.registry import ToolRegistry

registry = ToolRegistry()
registry.register(ToolSpec(name="a", endpoint="b"))

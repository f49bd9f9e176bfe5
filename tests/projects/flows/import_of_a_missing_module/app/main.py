"""The module does not exist; the project has one class of that name: by its name alone, so likely."""

from app.gone.tools import SearchTool
from app.kit.tools import ToolRegistry

registry = ToolRegistry()
registry.register("made", SearchTool())
registry.register("search", SearchTool)  # expect: REG202 likely

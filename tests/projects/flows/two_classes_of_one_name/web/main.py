"""Two unrelated classes of one name, one of them a schema: each registration knows which one it has."""

from web import payloads, tools
from web.tools import ReportTool, ToolRegistry

registry = ToolRegistry()
registry.register("report", ReportTool())
registry.register("again", tools.ReportTool())
registry.register("payload", payloads.ReportTool())  # expect: REG201 certain

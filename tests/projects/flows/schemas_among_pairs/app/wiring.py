"""Schemas among the pairs of a list and the entries of a dict, beside tools."""

from app.schemas import AnalyzeInput, ReportOutput
from app.tools import Analyze
class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register_tool(self, name, tool):
        self._tools[name] = tool
class Wiring:
    def __init__(self):
        self.entries = [("analyze", Analyze()), ("input", AnalyzeInput)]
        self.registry = ToolRegistry()
    def wire(self):
        for name, tool in self.entries:
            self.registry.register_tool(name, tool)  # expect: REG201 certain
    def wire_output(self):
        extra = {"report": ReportOutput(report="")}
        extra["more"] = Analyze()
        for name, tool in extra.items():
            self.registry.register_tool(name, tool)  # expect: REG201 certain

"""Nothing is imported before it is asked for."""

import importlib

_EXPORTS = {
    "ToolRegistry": ".registry",
    "get_tool_registry": ".registry",
    "shared": "registry",
    "Search": ("app.tools", "SearchTool"),
    "Cost": "app.tools:CostTool",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    if name == "Report":
        from app.tools import ReportTool as Report

        return Report
    if name in _EXPORTS:
        return getattr(importlib.import_module(_EXPORTS[name], __name__), name)
    raise AttributeError(name)

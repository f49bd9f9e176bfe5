from app.registry import Registry
from app.tools import Tool
tools: Registry[Tool] = Registry("tools")
classes: Registry[type[Tool]] = Registry("classes")

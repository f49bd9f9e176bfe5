"""A copy of a dataclass with other fields (`dataclasses.replace`) is still one of its class."""

import dataclasses

from app.entries import Entry, Ready
from app.tools import Search, ToolRegistry

registry = ToolRegistry()
entry = dataclasses.replace(Entry("search", Search), name="find")
registry.register(entry.name, entry.tool)  # expect: REG202 certain
ready = Ready("search", Search()).renamed("look")
registry.register(ready.name, ready.tool)

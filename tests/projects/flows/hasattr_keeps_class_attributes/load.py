from toolbox import Named, Tool, ToolRegistry

registry = ToolRegistry()

for candidate in [Named]:
    if hasattr(candidate, "name"):
        registry.register("named", candidate)  # expect: REG202 certain

for candidate in [Tool, Named()]:
    if hasattr(candidate, "execute"):
        registry.register(candidate.name, candidate)  # expect: REG202 certain

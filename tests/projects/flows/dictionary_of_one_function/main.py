from parts import collect
from tools import ToolRegistry


async def main():
    registry = ToolRegistry()
    for tool in (await collect())["tools"]:
        registry.register(tool.name, tool)  # expect: REG202 certain
    for tool in (await collect())["ready"]:
        registry.register(tool.name, tool)

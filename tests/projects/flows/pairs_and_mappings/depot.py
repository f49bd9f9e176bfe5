"""A method that takes pairs, and one that takes a mapping, are registering methods, too."""


class Tool:
    name = "tool"

    def run(self): ...


class Jack(Tool):
    name = "jack"


class ToolCatalog:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def add(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

    def add_pairs(self, pairs: list[tuple[str, Tool]]) -> None:
        for name, tool in pairs:
            self.add(name, tool)

    def add_mapping(self, tools: dict[str, Tool]) -> None:
        self._tools.update(tools)

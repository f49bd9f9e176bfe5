class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register(self, name, tool):
        if name in self._tools:
            raise ValueError(f"{name} already registered in ToolRegistry")
        self._tools[name] = tool
    async def invoke(self, name, args):
        return await self._tools[name].ainvoke(args)

class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

    def execute(self, name, query):
        return self._tools[name].run(query)

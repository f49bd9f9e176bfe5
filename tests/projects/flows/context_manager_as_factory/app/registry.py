class ToolRegistry:
    def __init__(self, user_id=None):
        self.user_id = user_id
        self.tools = {}

    def register(self, name, tool):
        self.tools[name] = tool

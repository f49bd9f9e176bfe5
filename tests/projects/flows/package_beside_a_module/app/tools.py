"""Left behind when the package came: no import finds it any more."""


class ToolRegistry:
    def register(self, name, tool_class):
        self._classes[name] = tool_class

    def create(self, name):
        return self._classes[name]()

"""Form 17: twenty test doubles store the same attribute; production is judged by production alone."""


class Plugin:
    name = "plugin"

    def execute(self): ...


class Spell(Plugin):
    name = "spelling"


class PluginRegistry:
    def __init__(self) -> None:
        self._plugins: dict[str, Plugin] = {}

    def register(self, name: str, plugin: Plugin) -> None:
        self._plugins[name] = plugin

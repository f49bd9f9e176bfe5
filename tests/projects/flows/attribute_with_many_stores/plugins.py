"""Form 16, silent twin: so many stores of one attribute name that none of them says anything."""


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


def start(host, registry: PluginRegistry):
    registry.register("spelling", host.extra)

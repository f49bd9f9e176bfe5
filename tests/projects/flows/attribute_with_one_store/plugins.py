"""Form 16: the type of the object is unknown, but the attribute is stored in one place only."""


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


def configure(host):
    host.speller = Spell


def start(host, registry: PluginRegistry):
    registry.register("spelling", host.speller)  # expect: REG202 likely

from app.plugins import PluginRegistry, Spell


def configure(host):
    host.chosen_plugins = [Spell]


def start(host, registry: PluginRegistry):
    for plugin in host.chosen_plugins:
        registry.register(plugin.name, plugin)  # expect: REG202 likely

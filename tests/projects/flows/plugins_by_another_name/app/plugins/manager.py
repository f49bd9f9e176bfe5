"""The outage in other words: plugins, a manager, an entry of a dict, an attribute `plugin_name`."""

from app.plugins.base import BasePlugin
class PluginManager:
    def __init__(self):
        self._plugins = {}
    def register_plugin(self, plugin: BasePlugin) -> None:
        key = getattr(plugin, "plugin_name", "") or plugin.__class__.__name__.lower()  # expect: REG301 certain
        self._plugins[key] = plugin
    def run_all(self, payload):
        return [p.execute(payload) for p in self._plugins.values()]

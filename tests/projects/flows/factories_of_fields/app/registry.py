class PluginRegistry:
    def __init__(self):
        self._plugins = {}

    def register_plugin(self, name, plugin):
        self._plugins[name] = plugin


def plugin_registry_factory():
    return PluginRegistry()

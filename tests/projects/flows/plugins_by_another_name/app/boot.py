from app.plugins.builtin import Csv, Xml
from app.plugins.manager import PluginManager
DEFAULTS = [Csv, Xml]
class App:
    def __init__(self):
        self.state = {}
        self.state["plugins"] = DEFAULTS
    def start(self):
        manager = PluginManager()
        for plugin in self.state["plugins"]:
            manager.register_plugin(plugin)  # expect: REG202 certain
        return manager

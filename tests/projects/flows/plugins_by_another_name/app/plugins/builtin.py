from app.plugins.base import BasePlugin
class Csv(BasePlugin):
    plugin_name = "csv"
    def execute(self, payload): return payload
class Xml(BasePlugin):
    plugin_name = "xml"
    def execute(self, payload): return payload

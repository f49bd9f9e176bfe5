from abc import ABC, abstractmethod
class BasePlugin(ABC):
    plugin_name: str = ""
    @abstractmethod
    def execute(self, payload): ...

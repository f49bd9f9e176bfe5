class ServiceRegistry:
    def __init__(self):
        self._services = {}

    def register(self, name, service):
        self._services[name] = service


_instance = ServiceRegistry()


def get_service_registry() -> ServiceRegistry:
    return _instance

"""Form 21: a subclass forwards to its base; the mistake is told once, at the outermost call."""


class Driver:
    name = "driver"

    def execute(self): ...


class Postgres(Driver):
    name = "postgres"


class DriverRegistry:
    def __init__(self) -> None:
        self._drivers: dict[str, Driver] = {}

    def register(self, key: str, driver: Driver) -> None:
        self._drivers[key] = driver


class AuditedDriverRegistry(DriverRegistry):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    def register(self, key: str, driver: Driver) -> None:
        self.log.append(key)
        super().register(key, driver)

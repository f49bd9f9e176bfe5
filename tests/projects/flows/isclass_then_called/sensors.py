"""Form 7: a class is called where one arrives, so only instances reach the registry."""

import inspect


class Sensor:
    name = "sensor"

    def run(self): ...


class Thermometer(Sensor):
    name = "thermometer"


class SensorRegistry:
    def __init__(self):
        self._sensors: dict[str, Sensor] = {}

    def add_sensor(self, name: str, sensor: Sensor):
        self._sensors[name] = sensor


def connect(registry: SensorRegistry, sensor):
    if inspect.isclass(sensor):
        sensor = sensor()
    registry.add_sensor(sensor.name, sensor)


def connect_inline(registry: SensorRegistry, sensor):
    registry.add_sensor(sensor.name, sensor() if isinstance(sensor, type) else sensor)


def main():
    registry = SensorRegistry()
    connect(registry, Thermometer)
    connect(registry, Thermometer())
    connect_inline(registry, Thermometer)

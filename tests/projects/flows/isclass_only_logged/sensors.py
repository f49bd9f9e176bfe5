"""Form 7, wrong twin: the class is noticed, and registered all the same."""

import inspect
import logging


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
        logging.warning("a class: %s", sensor.__name__)
    registry.add_sensor(sensor.name, sensor)


def main():
    registry = SensorRegistry()
    connect(registry, Thermometer)  # expect: REG202 certain
    connect(registry, Thermometer())

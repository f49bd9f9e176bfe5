"""The same expressions in logs, metrics and messages are nobody's business, on the line of the key as well."""

import logging
from collections import Counter

logger = logging.getLogger(__name__)
seen: Counter[str] = Counter()


class Gauge:
    name = "gauge"

    def run(self): ...


class Wind(Gauge):
    name = "wind"


class GaugeRegistry:
    def __init__(self) -> None:
        self._gauges: dict[str, Gauge] = {}

    def register(self, name: str, gauge: Gauge, label: str = "") -> None:
        self._gauges[name] = gauge
        logger.info("%s as %s %s", type(gauge).__name__, name, label)


def fill(registry: GaugeRegistry, gauges: list[Gauge]) -> None:
    labels = {}
    for gauge in gauges:
        kind = type(gauge).__name__
        logger.debug("a %s", kind); registry.register(gauge.name, gauge)
        seen[kind] += 1
        labels[kind] = gauge.name
        registry.register(gauge.name, gauge, label=gauge.__class__.__name__.lower())
        if not gauge.name:
            raise ValueError(f"{type(gauge).__name__} has no name")


fill(GaugeRegistry(), [Wind()])

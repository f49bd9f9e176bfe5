"""Every way to make a key of the class's name."""


class Gauge:
    def run(self): ...


class Wind(Gauge): ...


class GaugeRegistry:
    def __init__(self) -> None:
        self._gauges: dict[str, Gauge] = {}

    def register(self, name: str, gauge: Gauge) -> None:
        self._gauges[name] = gauge

    def add(self, gauge: Gauge) -> None:
        self._gauges[gauge.__class__.__qualname__] = gauge  # expect: REG301 certain


def fill(registry: GaugeRegistry, gauges: list[Gauge]) -> None:
    for number, gauge in enumerate(gauges):
        registry.register(type(gauge).__name__, gauge)  # expect: REG301 certain
        registry.register(gauge.__class__.__name__.lower(), gauge)  # expect: REG301 certain
        registry.register(type(gauge).__name__.replace("Gauge", ""), gauge)  # expect: REG301 certain
        registry.register(f"{type(gauge).__qualname__}-{number}", gauge)  # expect: REG301 certain
        registry.register(name=str(type(gauge).__name__), gauge=gauge)  # expect: REG301 certain
        registry.register(getattr(gauge, "name", type(gauge).__name__), gauge)  # expect: REG301 certain
        registry.register(getattr(gauge, "name", "unnamed"), gauge)


fill(GaugeRegistry(), [Wind()])

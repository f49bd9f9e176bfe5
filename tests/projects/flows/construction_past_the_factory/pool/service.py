from dataclasses import dataclass, field

import pool.registry as registries
from pool.registry import NightRegistry, WorkerRegistry, create_worker_registry
from pool.registry import WorkerRegistry as Workers


class Service:
    def __init__(self, registry=None):
        self.registry = registry or WorkerRegistry()  # expect: REG101 certain
        self.typed = WorkerRegistry[str]()  # expect: REG101 certain
        self.alias = Workers()  # expect: REG101 certain
        self.night = registries.NightRegistry()  # expect: REG101 certain
        self.good = create_worker_registry()


@dataclass
class Shift:
    workers: WorkerRegistry = field(default_factory=WorkerRegistry)  # expect: REG101 certain
    night: NightRegistry = field(default_factory=registries.create_night_registry)


def run(registry=NightRegistry()):  # expect: REG101 certain
    return registry


def is_registry(value) -> bool:
    return isinstance(value, WorkerRegistry)

"""Form 20: `x.get(…)` of an unknown x is a call of a method, whatever somebody stores as `.get`."""


class Job:
    name = "job"

    def run(self): ...


class Sweep(Job):
    name = "sweep"


class JobRegistry:
    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def register(self, name: str, job: Job) -> None:
        self._jobs[name] = job


def patch(client):
    client.get = Sweep
    client.latest = lambda: Sweep


def load(registry: JobRegistry, payload):
    registry.register("sweep", payload.get("sweep"))
    registry.register("latest", payload.latest())
    registry.register("other", payload.pop("other"))

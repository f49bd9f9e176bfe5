"""No factory exists: building it is nobody's mistake."""


class WorkerRegistry:
    def __init__(self) -> None:
        self._workers: dict[str, str] = {}

    def register(self, name: str, worker: str) -> None:
        self._workers[name] = worker


class AgentClassRegistry:
    """A near-name: has a factory, and everybody uses it."""

    def __init__(self) -> None:
        self._classes: dict[str, type] = {}

    def register(self, name: str, agent: type) -> None:
        self._classes[name] = agent


def create_agent_class_registry() -> AgentClassRegistry:
    return AgentClassRegistry()

from pool.registry import WorkerRegistry, create_agent_class_registry


class Service:
    def __init__(self) -> None:
        self.workers = WorkerRegistry()
        self.agents = create_agent_class_registry()
        # self.agents = AgentClassRegistry()
        self.note = "AgentClassRegistry() is built by its factory"

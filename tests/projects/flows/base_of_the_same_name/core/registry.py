class AgentRegistry:
    """The general one. Has no factory."""

    def __init__(self) -> None:
        self._agents: dict[str, object] = {}

    def register(self, name: str, agent: object) -> None:
        self._agents[name] = agent

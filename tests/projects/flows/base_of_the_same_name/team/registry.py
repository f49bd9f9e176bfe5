"""A class derives from one of its own name; only the derived one has a factory."""

from core.registry import AgentRegistry as UniversalAgentRegistry


class AgentRegistry(UniversalAgentRegistry):
    """The team's own."""


def create_agent_registry() -> AgentRegistry:
    return AgentRegistry()

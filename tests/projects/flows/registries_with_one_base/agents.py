from base import KeyedRegistry


class Agent:
    name = "agent"

    def run(self): ...


class Planner(Agent):
    name = "planner"


class AgentClassRegistry(KeyedRegistry[type[Agent]]):
    """Holds classes."""


class AgentRegistry(KeyedRegistry[Agent]):
    """Holds agents."""

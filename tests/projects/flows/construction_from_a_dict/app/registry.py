"""Classes that stand in a dict are built where its entries are called."""

class AgentRegistry:
    def __init__(self):
        self._agents = {}

    def register(self, name, agent):
        self._agents[name] = agent


def create_agent_registry():
    return AgentRegistry()

"""A registry's own methods register an instance, a class, and the entries of a mapping."""

class BaseAgent:
    def __init__(self, llm): self.llm = llm
    async def execute(self, state): ...
class TriageAgent(BaseAgent):
    name = "triage"
class DataAgent(BaseAgent):
    name = "data"
class AgentRegistry:
    def __init__(self, llm):
        self.llm = llm
        self.agents: dict[str, BaseAgent] = {}
    def register(self, name: str, agent: BaseAgent) -> None:
        self.agents[name] = agent
    def _register_core(self):
        self.register("triage", TriageAgent(self.llm))
        self.register("data", DataAgent)  # expect: REG202 certain
    def _register_by_loop(self):
        for cls in (TriageAgent, DataAgent):
            self.register(cls.name, cls(self.llm))
    def _register_from_map(self):
        mapping = {"t": TriageAgent, "d": DataAgent}
        for key, agent in mapping.items():
            self.agents[key] = agent  # expect: REG202 certain

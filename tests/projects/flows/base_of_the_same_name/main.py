from core.registry import AgentRegistry as General
from team.registry import AgentRegistry, create_agent_registry

general = General()
made = create_agent_registry()
direct = AgentRegistry()  # expect: REG101 certain

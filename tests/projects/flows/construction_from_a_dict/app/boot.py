from app.registry import AgentRegistry

KINDS = {"agents": AgentRegistry}


def boot():
    registries = {name: cls() for name, cls in KINDS.items()}  # expect: REG101 certain
    return registries


def boot_one():
    return KINDS["agents"]()  # expect: REG101 certain

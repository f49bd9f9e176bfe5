import state
from rules import RuleRegistry
from state import DEFAULTS


def load(registry: RuleRegistry):
    state.choose()
    registry.register("chosen", state.chosen)  # expect: REG202 certain
    registry.register("made", state.made)
    for rule in DEFAULTS:
        registry.register(rule.name, rule)

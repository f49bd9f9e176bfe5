from barn import BeastRegistry, barn, meadow, stable

registry = BeastRegistry()
for beast in barn.beasts:
    registry.register(beast)  # expect: REG202 certain
for name, beast in barn.by_name.items():
    registry.register(beast)  # expect: REG202 certain
for beast in barn.empty:
    registry.register(beast)
for beast in meadow.beasts:
    registry.register(beast)

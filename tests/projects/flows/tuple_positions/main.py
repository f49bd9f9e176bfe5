from spells import Fire, Ice, SpellRegistry

registry = SpellRegistry()
kinds = [Fire, Ice]
spells = [Fire(), Ice()]

for index, spell in enumerate(spells):
    registry.register(f"spell-{index}", spell)

for index, kind in enumerate(kinds):
    registry.register(f"kind-{index}", kind)  # expect: REG202 certain

for kind, spell in zip(kinds, spells):
    registry.register(kind.title, spell)

for spell, kind in zip(spells, kinds):
    registry.register(spell.title, kind)  # expect: REG202 certain

for title, spell in {"fire": Fire(), "ice": Ice()}.items():
    registry.register(title, spell)

for title, kind in {"fire": Fire, "ice": Ice}.items():
    registry.register(title, kind)  # expect: REG202 certain

for kind, title in {Fire: "fire", Ice: "ice"}.items():
    registry.register(title, kind())

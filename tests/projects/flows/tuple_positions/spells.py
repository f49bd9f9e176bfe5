"""Form 14: the right position of `enumerate`, `items` and `zip`, and no other."""


class Spell:
    title = "spell"

    def execute(self): ...


class Fire(Spell):
    title = "fire"


class Ice(Spell):
    title = "ice"


class SpellRegistry:
    def __init__(self) -> None:
        self._spells: dict[str, Spell] = {}

    def register(self, key: str, spell: Spell) -> None:
        self._spells[key] = spell

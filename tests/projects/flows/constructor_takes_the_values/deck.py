"""A constructor that registers, called through the class, through `cls(…)` and through `super().__init__`."""


class Card:
    name = "card"

    def execute(self): ...


class Ace(Card):
    name = "ace"


class King(Card):
    name = "king"


class Deck:
    def __init__(self, cards):
        self.registry = CardRegistry()
        for card in cards:
            self.registry.register(card.name, card)

    @classmethod
    def of(cls, *cards):
        return cls(cards)


class CardRegistry:
    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}

    def register(self, name: str, card: Card) -> None:
        self._cards[name] = card


class MarkedDeck(Deck):
    def __init__(self, mark, marked):
        super().__init__(marked)
        self.mark = mark

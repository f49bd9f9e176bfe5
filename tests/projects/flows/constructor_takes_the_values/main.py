from deck import Ace, Deck, King, MarkedDeck

Deck([Ace(), King()])
Deck([Ace, King])  # expect: REG202 certain
Deck.of(Ace(), King())
Deck.of(Ace)  # expect: REG202 certain
MarkedDeck("x", [Ace()])
MarkedDeck("x", marked=[Ace])  # expect: REG202 certain

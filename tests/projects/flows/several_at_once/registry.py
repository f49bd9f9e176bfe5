"""A registry that is given several at once, by every way in which its table can be filled."""


class Cup:
    name = "cup"

    def execute(self): ...


class Mug(Cup):
    name = "mug"


class CupRegistry:
    def __init__(self, cups=()) -> None:
        self._cups: dict[str, Cup] = {cup.name: cup for cup in cups}
        self._order: list[Cup] = []

    def register(self, name: str, cup: Cup) -> None:
        self._cups[name] = cup

    def register_all(self, cups) -> None:
        for cup in cups:
            self._cups[cup.name] = cup

    def register_each(self, *cups: Cup) -> None:
        for cup in cups:
            self._cups[cup.name] = cup

    def add_cups(self, cups) -> None:
        self._cups.update({cup.name: cup for cup in cups})

    def add_ordered(self, cups: list[Cup]) -> None:
        self._order.extend(cups)

    def set_default(self) -> None:
        self._cups = {"mug": Mug(), "class": Mug}  # expect: REG202 certain


class ShelfRegistry:
    _shelves: dict[str, Cup] = {"one": Mug(), "two": Mug}  # expect: REG202 certain

    @classmethod
    def register(cls, name: str, cup: Cup) -> None:
        cls._shelves[name] = cup


class KindRegistry:
    _kinds: dict[str, type[Cup]] = {"mug": Mug}

    @classmethod
    def register(cls, name: str, kind: type[Cup]) -> None:
        cls._kinds[name] = kind


class NamedRegistry:
    def __init__(self, cups) -> None:
        self._cups = {type(cup).__name__: cup for cup in cups}  # expect: REG301 certain

    def register(self, name: str, cup: Cup) -> None:
        self._cups[name] = cup

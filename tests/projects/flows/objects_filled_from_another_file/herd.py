from barn import Barn, Beast, barn, meadow, stable


class Cow(Beast):
    name = "cow"


class Goat(Beast):
    name = "goat"


class Fold:
    def __init__(self) -> None:
        self.empty = []

    def lock(self) -> None:
        self.empty.append(Goat)


def drive(into: Barn) -> None:
    into.beasts.append(Cow)


def lead():
    barn.by_name["cow"] = Cow
    meadow.beasts.append(Goat())
    fold = Fold()
    fold.empty.append(Goat)

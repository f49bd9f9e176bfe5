class Parity:
    def run(self): ...


class Even(Parity): ...


class Odd(Parity): ...


class StringRegistry:
    def __init__(self) -> None:
        self._parities: dict[str, Parity] = {}

    def register(self, key: str, parity: Parity) -> None:
        self._parities[key] = parity

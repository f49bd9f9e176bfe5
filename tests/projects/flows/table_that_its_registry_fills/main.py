"""Tables that nobody but the registry itself fills, and tables that others join something to."""


class Kite:
    name = "kite"

    def execute(self): ...


class Delta(Kite): ...


class Record:
    def __init__(self, kite: Kite) -> None:
        self.kite = kite


class KiteRegistry:
    def __init__(self) -> None:
        self._kites: dict[str, Kite] = {"first": Delta}  # expect: REG202 certain
        self._records: dict[str, Record] = {}
        self._classes: dict[str, type[Kite]] = {}
        self._load()

    def _load(self) -> None:
        self._kites |= {"delta": Delta, "good": Delta()}  # expect: REG202 certain
        self._kites["late"] = Delta  # expect: REG202 certain
        self._kites.update(other=Delta)  # expect: REG202 certain
        self._classes |= {"delta": Delta}
        self._records["delta"] = Record(Delta())

    def get(self, name: str) -> Kite:
        self._records[name]
        return self._kites[name]

    def make(self, name: str) -> Kite:
        return self._classes[name]()


class StringRegistry:
    def __init__(self) -> None:
        self.kites: dict[str, Kite] = {}

    def register(self, kite: Kite) -> None:
        self.kites[kite.name] = kite


registry = StringRegistry()
registry.kites |= {"delta": Delta()}
registry.kites |= {"delta": Delta}  # expect: REG202 certain

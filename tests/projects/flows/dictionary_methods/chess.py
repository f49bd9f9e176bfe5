"""Entries that are written by `update`, `setdefault` and literals, and read by `get`, `pop` and subscripts."""


class Piece:
    def run(self): ...


class Pawn(Piece): ...


class Rook(Piece): ...


class PieceRegistry:
    def __init__(self) -> None:
        self._pieces: dict[str, Piece] = {}

    def register(self, square: str, piece: Piece) -> None:
        self._pieces[square] = piece


def parts() -> dict:
    found = {"a": Pawn(), "b": Rook}
    found.update(c=Pawn, d=Rook())
    found.update({"e": Pawn})
    found.setdefault("f", Rook)
    found |= {"g": Rook()}
    return found


def place(registry: PieceRegistry):
    board = parts()
    registry.register("a", board["a"])
    registry.register("b", board["b"])  # expect: REG202 certain
    registry.register("c", board.get("c"))  # expect: REG202 certain
    registry.register("d", board.get("d", Pawn()))
    registry.register("e", board.pop("e"))  # expect: REG202 certain
    registry.register("f", board["f"])  # expect: REG202 certain
    registry.register("g", board["g"])

import port.docks
from port import SHIPS, docks
from port import docks as d
from port.docks import BARGES as mine
from port.docks import BOATS, Vessel


class Tug(Vessel):
    name = "tug"


port.docks.RAFTS.append(Tug)
docks.BOATS += [Tug]
d.LATER = [Tug]
docks.BY_NAME["tug"] = Tug
mine.extend([Tug])
mine.append(Tug())


def later():
    SHIPS.append(Tug)


class Own:
    def __init__(self) -> None:
        self.IDLE = []
        self.IDLE.append(Tug)  # an attribute of that name, and no module's

from port.docks import SHIPS

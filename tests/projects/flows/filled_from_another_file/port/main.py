import port.fleet
from port.docks import BARGES, BOATS, IDLE, RAFTS, SHIPS, VesselRegistry
from port import docks

registry = VesselRegistry()
for vessel in SHIPS:
    registry.register(vessel)  # expect: REG202 certain
for vessel in BOATS:
    registry.register(vessel)  # expect: REG202 certain
for vessel in RAFTS:
    registry.register(vessel)  # expect: REG202 certain
for vessel in BARGES:
    registry.register(vessel)  # expect: REG202 certain
for vessel in docks.LATER:
    registry.register(vessel)  # expect: REG202 certain
for vessel in docks.BY_NAME.values():
    registry.register(vessel)  # expect: REG202 certain
for vessel in IDLE:
    registry.register(vessel)

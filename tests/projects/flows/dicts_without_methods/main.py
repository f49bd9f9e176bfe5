from wells import Spring, WellRegistry, registry

registry["a"] = Spring  # expect: REG202 certain
registry["b"] = Spring()
registry.update({"c": Spring})  # expect: REG202 certain
registry.update(d=Spring)  # expect: REG202 certain
registry.setdefault("e", Spring)  # expect: REG202 certain
WellRegistry({"f": Spring})  # expect: REG202 certain
WellRegistry(g=Spring)  # expect: REG202 certain
WellRegistry(h=Spring())

from parade import Band, Guard, UnitRegistry


def march(registry: UnitRegistry) -> None:
    ready = []
    ready.append(Band())
    ready.insert(0, Guard())
    ready += [Band()]
    for unit in ready[1:]:
        registry.register(unit.name, unit)

    mixed = [Band()]
    mixed.extend([Guard])
    for unit in mixed[:2]:
        registry.register(unit.name, unit)  # expect: REG202 certain

    joined = [Band()] + [Guard]
    for unit in list(joined):
        registry.register(unit.name, unit)  # expect: REG202 certain

    first, second = Band(), Guard
    registry.register("first", first)
    registry.register("second", second)  # expect: REG202 certain

    head, *tail = [Band(), Guard()]
    registry.register("head", head)
    for unit in tail:
        registry.register(unit.name, unit)

    chosen = {Band, Guard}
    for unit in sorted(chosen, key=lambda kind: kind.name):
        registry.register(unit.name, unit)  # expect: REG202 certain

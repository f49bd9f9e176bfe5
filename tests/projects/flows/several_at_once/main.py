from registry import CupRegistry, Mug, NamedRegistry

cups = CupRegistry([Mug()])
others = CupRegistry(cups=[Mug])  # expect: REG202 certain
cups.register_all([Mug()])
cups.register_all([Mug])  # expect: REG202 certain
cups.register_each(Mug(), Mug())
cups.register_each(Mug(), Mug)  # expect: REG202 certain
cups.add_cups([Mug()])
cups.add_cups([Mug])  # expect: REG202 certain
cups.add_ordered([Mug()])
cups.add_ordered([Mug])  # expect: REG202 certain
NamedRegistry([Mug()])

from rope import Bowline, KnotRegistry, Loader, add, add_defaults, add_later, add_made

registry = KnotRegistry()


def filled():
    knots = []
    add_defaults(knots)
    for knot in knots:
        registry.register(knot)  # expect: REG202 certain


def made():
    knots = []
    add_made(knots)
    for knot in knots:
        registry.register(knot)


def told_apart():
    classes, knots = [], []
    add(classes, knot=Bowline)
    add(knots, knot=Bowline())
    for knot in knots:
        registry.register(knot)
    for knot in classes:
        registry.register(knot)  # expect: REG202 certain


def behind_another():
    knots = list()
    add_later(knots)
    for knot in knots:
        registry.register(knot)  # expect: REG202 likely


def into_a_dict():
    knots = {}
    Loader().load(knots)
    for knot in knots.values():
        registry.register(knot)  # expect: REG202 certain

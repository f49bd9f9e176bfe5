"""`match`: what a class pattern lets through and keeps out, and the parts of a sequence by their positions."""


class Pot:
    name = "pot"

    def execute(self): ...


class Jar(Pot):
    name = "jar"


class PotRegistry:
    def __init__(self) -> None:
        self._pots: dict[str, Pot] = {}

    def register(self, pot: Pot) -> None:
        self._pots[pot.name] = pot


registry = PotRegistry()


def made_where_it_is_a_class(thing):
    match thing:
        case type():
            thing = thing()
    registry.register(thing)


def told_apart(thing):
    match thing:
        case None:
            return
        case Pot() as pot:
            registry.register(pot)
        case str() | int():
            return
        case _:
            registry.register(thing())


def as_it_is(thing):
    match thing:
        case str():
            return
        case pot:
            registry.register(pot)


def with_more_said(thing):
    match thing:
        case Pot(name="jar"):
            return
        case _:
            registry.register(thing)


def in_a_row(things):
    match things:
        case [first]:
            registry.register(first)
        case [_, second]:
            registry.register(second)
        case ["all", *rest]:
            for pot in rest:
                registry.register(pot)
        case [*_, Pot() as last]:
            registry.register(last)
        case {"pot": pot, **others}:
            registry.register(pot)


def by_word(word):
    match word:
        case "jar":
            pot = Jar
        case "pot":
            pot = Pot()
        case _:
            return
    registry.register(pot)  # expect: REG202 certain


for each in (Jar, Jar()):
    made_where_it_is_a_class(each)
    told_apart(each)
as_it_is(Jar)  # expect: REG202 certain
as_it_is(Jar())
with_more_said(Jar)  # expect: REG202 certain
with_more_said(Jar())
in_a_row(("all", Jar))  # expect: REG202 certain
in_a_row((Jar(), Jar()))
in_a_row({"pot": Jar()})

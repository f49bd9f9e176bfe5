"""A registry that keeps the list that it is given, and looks through it."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp):
    name = "lantern"

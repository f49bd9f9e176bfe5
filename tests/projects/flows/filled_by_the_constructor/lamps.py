"""A registry whose table is only ever filled where it is made, and that calls what it holds."""


class Lamp:
    name = "lamp"

    def execute(self): ...


class Lantern(Lamp):
    name = "lantern"

"""A dict of a module, filled by a function, by key, and from another module."""


class Knot:
    name = "knot"

    def execute(self): ...


class Hitch(Knot): ...


class Splice(Knot): ...

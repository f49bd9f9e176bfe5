"""A dict that an object keeps, keyed by the name of the class of what is put there."""


class Fern:
    def execute(self): ...


class Bracken(Fern): ...


class Polypod(Fern): ...


class Dispatcher:
    def __init__(self, ferns):
        self.ferns = {}
        for t in ferns:
            name = getattr(t, "name", None) or type(t).__name__.lower()  # expect: REG301 certain
            self.ferns[name] = t


class Other:
    def __init__(self, ferns):
        self.ferns = {}
        for t in ferns:
            self.ferns[type(t).__name__] = t


Dispatcher([Bracken, Polypod])
Other([Bracken()])

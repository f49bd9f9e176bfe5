"""The dict of a module that is a registry, under the names that other files give it."""


class Mast:
    name = "mast"

    def execute(self): ...


class Mizzen(Mast):
    name = "mizzen"


MASTS: dict[str, Mast] = {}
SAIL_REGISTRY: dict[str, Mast] = {}
KIND_REGISTRY: dict = {}


def register_mast(name, mast):
    MASTS[name] = mast


def made(kind):
    return KIND_REGISTRY[kind]()

"""A registry that an application keeps in its state: of the receiver only the name is known."""


class Drum:
    name = "drum"

    def execute(self): ...


class Snare(Drum):
    name = "snare"


class DrumRegistry:
    def __init__(self) -> None:
        self._drums: dict[str, Drum] = {}

    def register(self, drum: Drum) -> None:
        self._drums[drum.name] = drum


class HornRegistry:
    def __init__(self) -> None:
        self._horns: dict[str, type] = {}

    def register(self, horn: type) -> None:
        self._horns[horn.__name__] = horn


def start(app):
    app.state.registry = DrumRegistry()
    app.state.any_registry = DrumRegistry()


def start_other(app):
    app.state.any_registry = HornRegistry()

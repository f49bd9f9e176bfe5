"""A parameter that asks for classes is given classes; the mistake is the call that hands one on as an instance."""

from collections.abc import Iterable


class Track:
    name = "track"

    def run(self): ...


class Drum(Track):
    name = "drum"


class Bass(Track):
    name = "bass"


class TrackRegistry:
    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}

    def register(self, name: str, track: Track) -> None:
        self._tracks[name] = track


class Mixer:
    def __init__(self) -> None:
        self.registry = TrackRegistry()

    def load_all(self, kinds: Iterable[type[Track]]) -> None:
        for kind in kinds:
            self.load(kind)  # expect: REG202 certain

    def load_well(self, kinds: list[type[Track]]) -> None:
        for kind in kinds:
            self.load(kind())

    def load(self, track: Track) -> None:
        self.registry.register(track.name, track)


Mixer().load_all([Drum, Bass])
Mixer().load_well([Drum, Bass])

"""A function that makes a fresh object each time is no accessor, and a plain class is built by anyone."""


class Loader:
    def __init__(self, path: str) -> None:
        self.path = path


class Clock:
    def __init__(self) -> None:
        self.ticks = 0


def get_loader(path: str) -> Loader:
    return Loader(path)

"""A registering method that is mapped over a list: what each call is given, is told where the list is handed in."""


class Bell:
    name = "bell"

    def execute(self): ...


class Gong(Bell):
    name = "gong"


class BellRegistry:
    def __init__(self) -> None:
        self._bells: dict[str, Bell] = {}

    def register(self, bell: Bell) -> None:
        self._bells[bell.name] = bell

    def put(self, name: str, bell: Bell) -> None:
        self._bells[name] = bell

    def register_named(self, name: str, bell: Bell) -> None:
        self._bells[name] = bell

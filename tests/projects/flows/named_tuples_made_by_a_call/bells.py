class Bell:
    name = "bell"

    def execute(self): ...


class Chime(Bell):
    name = "chime"


class BellRegistry:
    def __init__(self) -> None:
        self._bells: dict[str, Bell] = {}

    def register(self, name: str, bell: Bell) -> None:
        self._bells[name] = bell

class LampRegistry:
    def __init__(self, lamps) -> None:
        self._lamps = {t.name: t for t in lamps}

    def execute(self, name):
        return self._lamps[name].execute()

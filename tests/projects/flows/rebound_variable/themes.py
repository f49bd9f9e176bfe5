"""Form 12: one name is bound three times; each registration sees its own binding."""


class Theme:
    def execute(self): ...


class Dark(Theme): ...


class Light(Theme): ...


class ThemeRegistry:
    def __init__(self) -> None:
        self._themes: dict[str, Theme] = {}

    def register(self, name: str, theme: Theme) -> None:
        self._themes[name] = theme


def load(registry: ThemeRegistry) -> None:
    theme = Dark()
    registry.register("dark", theme)
    theme = Light
    registry.register("light", theme)  # expect: REG202 certain
    theme = Light()
    registry.register("bright", theme)

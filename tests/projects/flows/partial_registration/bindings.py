"""`functools.partial` of a registering method."""

import functools
from functools import partial


class Shortcut:
    def execute(self): ...


class Save(Shortcut): ...


class ShortcutRegistry:
    def __init__(self) -> None:
        self._shortcuts: dict[str, Shortcut] = {}

    def register(self, keys: str, shortcut: Shortcut) -> None:
        self._shortcuts[keys] = shortcut


shortcuts = ShortcutRegistry()
on_save = partial(shortcuts.register, "ctrl-s")
on_save(Save())
on_save(Save)  # expect: REG202 certain

bind_save = functools.partial(shortcuts.register, shortcut=Save())
bind_save("ctrl-w")

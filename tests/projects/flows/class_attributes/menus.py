"""A class attribute, overridden in a subclass, read through `self`, `cls` and the class."""


class Entry:
    name = "entry"

    def run(self): ...


class Quit(Entry):
    name = "quit"


class EntryRegistry:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry


registry = EntryRegistry()


class Menu:
    entries = [Quit()]
    entry_kinds = [Quit]

    def show(self):
        for entry in self.entries:
            registry.register(entry.name, entry)
        for entry in self.entry_kinds:
            registry.register(entry.name, entry)  # expect: REG202 certain

    @classmethod
    def preload(cls):
        for kind in cls.entry_kinds:
            registry.register(kind.name, kind())


for entry in Menu.entry_kinds:
    registry.register(entry.name, entry)  # expect: REG202 certain

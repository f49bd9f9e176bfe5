"""`__init_subclass__` puts classes into a table of classes: that is what the table is for."""


class Widget:
    kinds: dict[str, type["Widget"]] = {}

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        Widget.kinds[cls.__name__.lower()] = cls

    def run(self): ...


class Button(Widget): ...


class Slider(Widget): ...

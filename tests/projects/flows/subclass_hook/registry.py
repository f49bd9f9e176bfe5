from widgets import Button, Slider, Widget


class WidgetRegistry:
    def __init__(self) -> None:
        self._widgets: dict[str, Widget] = {}

    def register(self, name: str, widget: Widget) -> None:
        self._widgets[name] = widget


registry = WidgetRegistry()
registry.register("button", Button())
for name, kind in Widget.kinds.items():
    registry.register(name, kind())

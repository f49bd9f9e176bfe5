"""What is registered lies in the objects of a registry: one for each group."""

from dataclasses import dataclass, field


class Brush:
    name = "brush"

    def execute(self): ...


class Fan(Brush): ...


@dataclass
class Group:
    title: str
    brushes: dict[str, Brush] = field(default_factory=dict)
    makers: dict[str, type[Brush]] = field(default_factory=dict)


class Box:
    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.items = {}

    def add(self, key, item):
        self.items[key] = item


class BrushRegistry:
    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}

    def register(self, group: str, title: str, key: str, brush) -> None:
        if group not in self._groups:
            self._groups[group] = Group(title)
        self._groups[group].brushes[key] = brush

    def register_maker(self, group: str, key: str, maker) -> None:
        self._groups[group].makers[key] = maker

    def register_by_class(self, group: str, brush) -> None:
        self._groups[group].brushes[type(brush).__name__] = brush  # expect: REG301 certain


class BoxRegistry:
    def __init__(self):
        self._boxes = {}

    def register(self, kind, key, brush: Brush):
        box = self._boxes.get(kind)
        if box is None:
            box = Box(kind)
            self._boxes[kind] = box
        box.items[key] = brush

    def register_late(self, kind, key, brush: Brush):
        box = self._boxes.setdefault(kind, Box(kind))
        box.add(key, brush)


registry = BrushRegistry()
registry.register("flat", "Flat", "fan", Fan())
registry.register("flat", "Flat", "fan_class", Fan)  # expect: REG202 certain
registry.register_maker("flat", "fan", Fan)
boxes = BoxRegistry()
boxes.register("flat", "fan", Fan())
boxes.register("flat", "late", Fan)  # expect: REG202 certain
boxes.register_late("flat", "later", Fan)  # expect: REG202 certain

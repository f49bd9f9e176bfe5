"""A registry of oars keeps a history of models, handed in or added one by one."""

from pydantic import BaseModel


class Event(BaseModel):
    name: str


class Oar:
    name = "oar"

    def execute(self): ...


class OarRegistry:
    def __init__(self, oars: list[Oar], history: list[Event] | None = None) -> None:
        self._oars = {t.name: t for t in oars}
        self._history = list(history or [])
        self.oar_events = history or []

    def add_event(self, event: Event):
        self._history.append(event)
        self.oar_events.append(event)

    def get(self, name):
        return self._oars[name]

    def events(self):
        return [e for e in self._history] + [e for e in self.oar_events]


r = OarRegistry([Oar()], [Event(name="x")])
r.add_event(Event(name="y"))

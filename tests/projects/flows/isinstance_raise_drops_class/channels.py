"""Form 6: what is no instance is refused before the registration."""

from abc import ABC, abstractmethod


class Channel(ABC):
    name: str

    @abstractmethod
    def execute(self, text: str) -> None: ...


class Mail(Channel):
    name = "mail"

    def execute(self, text: str) -> None: ...


class ChannelRegistry:
    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}

    def register(self, name: str, channel: Channel) -> None:
        self._channels[name] = channel


def enlist(registry: ChannelRegistry, channel: object) -> None:
    if not isinstance(channel, Channel):
        raise TypeError("not a channel")
    registry.register(channel.name, channel)


def enlist_all(registry: ChannelRegistry, channels) -> None:
    for channel in channels:
        if not isinstance(channel, Channel):
            continue
        registry.register(channel.name, channel)


def setup(registry: ChannelRegistry) -> None:
    enlist(registry, Mail)
    enlist(registry, Mail())
    enlist_all(registry, [Mail, Mail()])
